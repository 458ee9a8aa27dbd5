"""Wallets over HTTP: people with accounts and wallets, relatives who share, and transfers between them."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import json
import subprocess
import uuid

from tests.harness import money, providers, records
from tests.harness.database import BINARY
from tests.harness.people import Principal

TRANSFERS = "/v1/wallet-transfers"
ENDS = {"accept": "acceptance", "decline": "refusal", "cancel": "cancellation"}


def key():
    return {"Idempotency-Key": str(uuid.uuid4())}


def open_wallet(api, person, by=None, headers=None):
    return api.post(f"/v1/people/{person.person_id}/wallet", by=by or person, headers=headers or key())


def opened(api, person, by=None):
    """The wallet's account."""
    response = open_wallet(api, person, by)
    assert response.status_code == 201, response.text
    return response.json()["account_id"]


def plant_member(sql, owner, relative, state="active", way="wallet", guardian=None, relation="parent", at=None):
    """The relative as a member of the owner's account, with the steps that led there; its id."""
    owner_key, at = money.key_of(owner.person_id), at or datetime.datetime.now(money.UTC)
    member_id, is_invited = str(money.new_id(owner_key)), state == "invited"
    sql.execute(
        "INSERT INTO family_member (person_key, member_person_key, family_member_id, owner_id, account_id, member_id, pool_code,"
        " relation, way, state, usages, invited_at, changed_at, invited_until, activated_at, ends_not_before, ended_at,"
        " guardian_person_key, guardian_id)"
        " SELECT person_key, %(member_key)s, %(id)s, %(owner)s, account_id, %(member)s, pool_code, %(relation)s, %(way)s, %(state)s,"
        " '{medicine}', %(at)s, %(at)s, %(day)s, %(active)s, %(active)s::date, %(ended)s, %(guardian_key)s, %(guardian)s"
        " FROM account WHERE person_key = %(key)s AND account_id = %(account)s",
        {"key": owner_key, "member_key": money.key_of(relative.person_id), "id": member_id, "owner": owner.person_id,
         "member": relative.person_id, "relation": relation, "way": way, "state": state, "at": at, "day": at.date(),
         "active": None if is_invited else at, "ended": at if state == "ended" else None, "account": owner.account_id,
         "guardian_key": money.key_of(guardian.person_id) if guardian else None,
         "guardian": guardian.person_id if guardian else None})
    agrees = "guardian" if guardian else "member"
    steps = [("invite", "", "invited", "owner", owner), ("accept", "invited", "active", agrees, guardian or relative),
             ("end", "active", "ended", "owner", owner)][:{"invited": 1, "active": 2, "ended": 3}[state]]
    for seq, (event, before, after, who, actor) in enumerate(steps, 1):
        sql.execute(
            "INSERT INTO state_change (person_key, object_id, seq, machine, event, from_state, to_state, who, actor_kind, actor_id, at)"
            " VALUES (%s, %s, %s, 'family_member', %s, %s, %s, %s, 'citizen', %s, %s)",
            [owner_key, member_id, seq, event, before, after, who, actor.person_id, at])
    return member_id


def send(api, owner, member_id, amount_fen=100, headers=None, account_id=None, by=None, **params):
    return api.post(f"/v1/accounts/{account_id or owner.account_id}/wallet-transfers", by=by or owner, params=params,
                    json={"family_member_id": member_id, "amount_fen": amount_fen}, headers=headers or key())


def sent(api, owner, member_id, amount_fen=100):
    response = send(api, owner, member_id, amount_fen)
    assert response.status_code == 201, response.text
    return response.json()


def end(api, transfer_id, event, by, headers=None, **params):
    return api.post(f"{TRANSFERS}/{transfer_id}/{ENDS[event]}", by=by, headers=headers or key(), params=params)


def ended(api, transfer, event, by):
    response = end(api, transfer["wallet_transfer_id"], event, by)
    assert response.status_code == 200, response.text
    return response.json()


def state(api, transfer, by):
    return api.get(f"{TRANSFERS}/{transfer['wallet_transfer_id']}", by=by).json()["state"]


def balance(api, account_id, by):
    """(current year, carried over)"""
    shown = api.get(f"/v1/accounts/{account_id}/balance", by=by).json()
    return shown["current_year_fen"], shown["carried_over_fen"]


def noon_of_tomorrow():
    """For a test clock that stands before nothing that is real."""
    day = datetime.datetime.now(money.CHINA) + money.DAY
    return day.replace(hour=12, minute=0, second=0, microsecond=0).isoformat()


class Pair:
    """A sender with 3000 yuan of this year and 2000 carried over, a receiver in another province with a wallet, and the membership."""

    def __init__(self, place, current_year_fen=300_000, carried_over_fen=200_000):
        self.sender, self.receiver = place.person(current_year_fen, carried_over_fen), place.person(pool_code="440100")
        self.wallet = opened(place.api, self.receiver)
        self.member = plant_member(place.sql, self.sender, self.receiver)


class Place:
    """A server with a test clock on a database of its own, whose days the tests use up one by one."""

    def __init__(self, database, server, api, sql):
        self.database, self.server, self.api, self.sql = database, server, api, sql
        self.security = database.demo.staff("security")
        self.operator = self.token("staff", roles=["operator"], regions=["000000"])

    def token(self, kind, **body):
        body.setdefault("expires_at", "2099-01-01T00:00:00+08:00")
        made = self.api.post("/v1/admin/tokens", by=self.database.demo.admin, json={"kind": kind, "label": "test", **body})
        assert made.status_code == 201, made.text
        made = made.json()
        return Principal(made["token"], kind, subject_id=made["subject_id"], person_id=made["subject_id"],
                         role=" ".join(made["roles"]) or None, regions=tuple(made["regions"]))

    def provider(self, institution_type, regions):
        made = self.api.post("/v1/admin/clients", by=self.database.demo.admin, json={
            "kind": "provider", "name": f"client {uuid.uuid4()}", "regions": regions, **providers.institution(institution_type)})
        assert made.status_code == 201, made.text
        return self.token("client", subject_id=made.json()["client_id"])

    def faults(self):
        """What the auditor finds."""
        report = subprocess.run([BINARY, "audit", "--json"], env=self.database.environment, capture_output=True, text=True,
                                timeout=300)
        return json.loads(report.stdout)["faults"]

    def now(self):
        clock = self.api.get("/v1/test-clock", by=self.security).json()
        return datetime.datetime.fromisoformat(clock["business_time"])

    def move(self, instant):
        moved = self.api.post("/v1/test-clock", by=self.security, json={"to": instant.isoformat()})
        assert moved.status_code == 200, moved.text

    def until(self, hour, minute=0, second=0):
        """Forward to the next such time of day in Shanghai."""
        now = self.now().astimezone(money.CHINA)
        then = now.replace(hour=hour, minute=minute, second=second, microsecond=0)
        self.move(then if then > now else then + money.DAY)

    def person(self, current_year_fen=0, carried_over_fen=0, pool_code="620500"):
        someone = records.insured(self.api, self.sql, self.operator, self.token, pool_code)
        entries = [money.adjust(fen, part) for fen, part in
                   ((current_year_fen, "current_year"), (carried_over_fen, "carried_over")) if fen]
        if entries:
            money.post(self.sql, someone.account_id, entries, instant=self.now())
        return someone
