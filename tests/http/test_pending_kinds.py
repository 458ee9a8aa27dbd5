"""Everything with states that is under way is shown with what it waits for and on whom, until it is over, to whom it concerns."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

import pytest
from tests.harness import consenting, family, money
from tests.harness.problems import check_problem
from tests.http import listing

SEALED = b"\0" * 40
DAY = datetime.timedelta(days=1)


def now():
    return datetime.datetime.now(datetime.timezone.utc)


class Desk:
    """Plants rows for as long as a test looks at them: they have no steps, no entries and no other side."""

    def __init__(self, sql, owner, relative, pool):
        self.sql, self.owner, self.relative, self.pool, self.made = sql, owner, relative, pool, []
        self.key = money.key_of(owner.person_id)

    def insert(self, table, id_name, **row):
        row = {"person_key": self.key, **row}
        row = {id_name: money.new_id(row["person_key"]), **row}
        self.sql.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))
        self.made.append((table, id_name, row[id_name]))
        return str(row[id_name])

    def remove(self):
        for table, id_name, one in self.made:
            self.sql.execute(f"DELETE FROM {table} WHERE {id_name} = %s", [one])
        self.made = []

    def transfer(self, state, machine="transfer", **row):
        payout = machine == "transfer_payout"
        return self.insert(
            "transfer", "transfer_id", created_at=now(), entered_at=now(), person_id=self.owner.person_id, from_enrolment_id=uuid.uuid4(),
            from_account_id=self.owner.account_id, machine=machine, way="payout" if payout else "cross_province", state=state,
            from_pool_code=self.pool, to_pool_code="440100", from_scheme="employee", to_scheme="employee",
            bank_card_sealed=SEALED if payout else None, due_on=datetime.date(2026, 1, 30) if state != "paying" else None, **row)

    def withdrawal(self, state):
        return self.insert(
            "withdrawal", "withdrawal_id", created_at=now(), changed_at=now(), person_id=self.owner.person_id,
            account_id=self.owner.account_id, pool_code=self.pool, reason="emigration", state=state, payee_kind="person",
            bank_card_sealed=SEALED, payee_name_sealed=SEALED)

    def wallet_transfer(self, fen=500, family_member_id=None, receiver=None):
        receiver = receiver or self.relative
        return self.insert(
            "wallet_transfer", "wallet_transfer_id", receiver_person_key=money.key_of(receiver.person_id),
            amount_fen=fen, current_year_fen=fen,
            carried_over_fen=0, created_at=now(), returns_at=now() + DAY, business_date=now().date(), account_id=self.owner.account_id,
            receiver_id=receiver.person_id, family_member_id=family_member_id or uuid.uuid4(), pool_code=self.pool, state="pending")

    def invitation(self, guardian=None, member=None):
        member = member or self.relative
        return self.insert(
            "family_member", "family_member_id", member_person_key=money.key_of(member.person_id),
            guardian_person_key=money.key_of(guardian.person_id) if guardian else None, invited_at=now(), changed_at=now(),
            invited_until=now().date() + 30 * DAY, owner_id=self.owner.person_id, account_id=self.owner.account_id,
            member_id=member.person_id, guardian_id=guardian.person_id if guardian else None,
            pool_code=self.pool, relation="child" if guardian else "parent", way="direct", state="invited", usages=["medicine"])


@pytest.fixture(scope="module")
def owner(demo):
    return demo.citizen("Beijing under")


@pytest.fixture(scope="module")
def relative(demo):
    return demo.citizen("gap 5")


@pytest.fixture
def desk(sql, owner, relative):
    (pool,) = sql.execute("SELECT pool_code FROM account WHERE account_id = %s", [owner.account_id]).fetchone()
    desk = Desk(sql, owner, relative, pool)
    yield desk
    desk.remove()


def of_account(api, owner, by=None, **headers):
    return api.get(f"/v1/accounts/{owner.account_id}/pending", by=by or owner, headers=headers).json()["data"]


def of_person(api, person, by=None):
    return api.get(f"/v1/people/{person.person_id}/pending", by=by or person).json()["data"]


TRANSFERS = [
    ("transfer", "submitted", "both_desks", "check"), ("transfer", "checked_out", "in_desk", "check"),
    ("transfer", "checked_in", "out_desk", "check"), ("transfer", "out_review", "out_desk", "review"),
    ("transfer", "in_review", "in_desk", "review"), ("transfer_payout", "submitted", "out_desk", "check"),
    ("transfer_payout", "out_review", "out_desk", "review"), ("transfer_payout", "paying", "bank", "payout"),
]
WITHDRAWALS = [
    ("submitted", "reviewer", "review"), ("reviewed", "second_reviewer", "review"), ("approved", "agency", "payout"),
    ("instructed", "bank", "payout"), ("bounced", "person", "bank_account"),
]


def assert_has_words(api, owner, pending_id):
    texts = {language: next(row["text"] for row in of_account(api, owner, **{"Accept-Language": language})
                            if row["pending_id"] == pending_id)
             for language in ("zh", "en")}
    assert texts["zh"] not in ("", "正在办理") and texts["en"] not in ("", "In progress")


@pytest.mark.parametrize(("machine", "state", "waits_on", "waits_for"), TRANSFERS)
def test_a_transfer(api, desk, owner, machine, state, waits_on, waits_for):
    made = desk.transfer(state, machine)
    region = {"out_desk": desk.pool, "in_desk": "440100", "bank": desk.pool}.get(waits_on)
    for rows in (of_account(api, owner), of_person(api, owner)):
        (one,) = [row for row in rows if row["pending_id"] == made]
        assert (one["kind"], one["state"], one["waits_on"], one["waits_for"]) == ("transfer", state, waits_on, waits_for)
        assert (one["region_code"], one["amount_fen"], one["charge"]) == (region, None, None)
        assert one["expected_end"] == (None if state == "paying" else "2026-01-31T00:00:00.000000+08:00")
    assert_has_words(api, owner, made)


@pytest.mark.parametrize(("state", "waits_on", "waits_for"), WITHDRAWALS)
def test_a_withdrawal(api, desk, owner, state, waits_on, waits_for):
    made = desk.withdrawal(state)
    for rows in (of_account(api, owner), of_person(api, owner)):
        (one,) = [row for row in rows if row["pending_id"] == made]
        assert (one["kind"], one["state"], one["waits_on"], one["waits_for"], one["region_code"], one["expected_end"]) == (
            "withdrawal", state, waits_on, waits_for, desk.pool, None)
    assert_has_words(api, owner, made)


def test_money_to_a_relatives_wallet_is_seen_from_both_sides(api, desk, owner, relative):
    made = desk.wallet_transfer(500)
    (sent,) = [row for row in of_account(api, owner) if row["pending_id"] == made]
    (coming,) = [row for row in of_person(api, relative) if row["pending_id"] == made]
    assert (sent["kind"], coming["kind"]) == ("wallet_transfer_out", "wallet_transfer_in")
    for one in (sent, coming):
        assert (one["state"], one["amount_fen"], one["waits_on"], one["waits_for"]) == ("pending", 500, "receiver", "acceptance")
        assert one["expected_end"] is not None
    assert made not in str(of_person(api, owner)) + str(of_account(api, relative))
    assert_has_words(api, owner, made)


@pytest.fixture
def child(api, new_token):
    made = family.minor(api, new_token("staff", roles=["operator"], regions=["000000"]), new_token)
    return made.by


def test_money_to_a_childs_wallet_waits_for_the_guardian(api, desk, demo, owner, child):
    guardian = demo.citizen("moved")
    made = desk.wallet_transfer(500, desk.invitation(guardian, child), child)
    for rows in (of_account(api, owner), of_person(api, child), of_person(api, guardian)):
        (one,) = [row for row in rows if row["pending_id"] == made]
        assert (one["waits_on"], one["waits_for"]) == ("guardian", "acceptance")
    assert_has_words(api, owner, made)


def test_what_waits_for_a_child_waits_for_the_child_who_has_come_of_age(api, desk, sql, demo, owner, child):
    guardian = demo.citizen("moved")
    invitation = desk.invitation(guardian, child)
    made = desk.wallet_transfer(500, invitation, child)
    sql.execute("UPDATE person SET birth_date = '2000-01-01' WHERE person_id = %s", [child.person_id])
    for rows in (of_account(api, owner), of_person(api, child)):
        assert {row["pending_id"]: row["waits_on"] for row in rows if row["pending_id"] in (made, invitation)} == {
            made: "receiver", invitation: "member"}
    seen = str(of_person(api, guardian))
    assert made not in seen and invitation not in seen


def test_an_invitation_is_seen_by_who_invited_and_who_answers(api, desk, demo, owner, relative, child):
    guardian = demo.citizen("moved")
    for made, waits_on, answers in ((desk.invitation(), "member", relative), (desk.invitation(guardian, child), "guardian", guardian)):
        (sent,) = [row for row in of_account(api, owner) if row["pending_id"] == made]
        (came,) = [row for row in of_person(api, answers) if row["pending_id"] == made]
        assert (sent["kind"], came["kind"]) == ("family_invitation_out", "family_invitation_in")
        for one in (sent, came):
            assert (one["waits_on"], one["waits_for"], one["amount_fen"]) == (waits_on, "acceptance", None)
        assert made not in str(of_person(api, owner))
        assert_has_words(api, owner, made)


def test_what_is_over_is_shown_no_more(api, desk, sql, owner, relative):
    made = [desk.transfer("submitted"), desk.withdrawal("submitted"), desk.wallet_transfer(), desk.invitation()]
    before = str(of_account(api, owner)) + str(of_person(api, relative))
    assert all(one in before for one in made)
    sql.execute("UPDATE transfer SET state = 'cancelled', ended_at = now(), due_on = NULL WHERE transfer_id = %s", [made[0]])
    sql.execute("UPDATE withdrawal SET state = 'cancelled', ended_at = now() WHERE withdrawal_id = %s", [made[1]])
    sql.execute("UPDATE wallet_transfer SET state = 'cancelled', ended_at = now() WHERE wallet_transfer_id = %s", [made[2]])
    sql.execute("UPDATE family_member SET state = 'cancelled', ended_at = now() WHERE family_member_id = %s", [made[3]])
    after = str(of_account(api, owner)) + str(of_person(api, owner)) + str(of_person(api, relative))
    assert not any(one in after for one in made)


def test_requests_for_consent_are_shown_to_the_person_alone(api, owner, new_token):
    client = new_token("client")
    made = consenting.ask(api, client, owner)
    (one,) = [row for row in of_person(api, owner) if row["pending_id"] == made]
    assert (one["kind"], one["state"], one["waits_on"], one["waits_for"]) == ("consent_request", "pending", "person", "answer")
    staff = new_token("staff", roles=["operator"], regions=["000000"])
    assert made not in str(of_person(api, owner, staff))
    consenting.grant(api, owner, made, ["entries"])
    assert made not in str(of_person(api, owner)) and api.get(f"/v1/people/{owner.person_id}/pending", by=client).status_code == 200


def test_pages_hold_every_kind_once(api, desk, demo, owner, relative, child):
    made = [desk.wallet_transfer(fen) for fen in (1, 2, 3)] + [desk.transfer("submitted"), desk.withdrawal("submitted"), desk.invitation()]
    made += [desk.wallet_transfer(4), desk.invitation(demo.citizen("moved"), child)]
    path = f"/v1/accounts/{owner.account_id}/pending"
    rows = [row["pending_id"] for row in api.pages(path, by=owner)]
    assert rows[: len(made)] == made[::-1]
    listing.check_pages(api, path, owner, rows, "pending_id", limits=(1, 3, 100))
    theirs = f"/v1/people/{relative.person_id}/pending"
    rows = [row["pending_id"] for row in api.pages(theirs, by=relative)]
    assert rows[:5] == [made[6], made[5], made[2], made[1], made[0]]
    listing.check_pages(api, theirs, relative, rows, "pending_id", limits=(1, 3, 100))


def test_who_else_sees_a_persons(api, desk, owner, demo, new_token, sql):
    transfer, withdrawal = desk.transfer("submitted"), desk.withdrawal("submitted")
    path = f"/v1/people/{owner.person_id}/pending"
    check_problem(api.get(path, by=demo.citizen("moved")), 404, "not_found")
    check_problem(api.get(path, by=new_token("staff", roles=["operator"], regions=["350000"])), 404, "not_found")
    check_problem(api.get(path, by=new_token("staff", roles=["policy"], regions=["000000"])), 403, "forbidden")
    check_problem(api.get(path, by=new_token("client")), 404, "not_found")
    staff = new_token("staff", roles=["operator"], regions=[desk.pool])
    response = api.get(path, by=staff)
    assert transfer in response.text and withdrawal in response.text
    assert sql.execute("SELECT action, person_key FROM audit_event WHERE request_id = %s",
                       [response.headers["x-request-id"]]).fetchall() == [
        ("list_person_pending", desk.key)]
