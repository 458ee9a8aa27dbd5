"""Relatives, wallets and older accounts straight into the database, for tests of who pays a charge."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import types

from tests.harness import entering, money

USAGES = ["medicine", "device", "consumable", "treatment", "premium"]
CHINA = datetime.timezone(datetime.timedelta(hours=8))


def share(sql, owner, member, usages=None, state="active", way="direct", account_id=None, since=None, **limits):
    """The owner's account pays for the member; the id of the row. Limits: charge_limit_fen, month_limit_fen, year_limit_fen.

    An owner without one gets an enrolment in the account's pool, for only who is employed shares; a member without any, one
    in the resident scheme, for only who is insured is paid for."""
    key, member_key = money.key_of(owner.person_id), money.key_of(member.person_id)
    account_id, family_member_id = account_id or owner.account_id, money.new_id(key)
    instant = since or datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=400)
    ended = None if state in ("invited", "active") else instant
    with sql.transaction():
        sql.execute(
            "INSERT INTO enrolment (person_key, enrolment_id, pool_code, scheme, status, account_mode, payer_kind, started_on)"
            " SELECT person_key, %s, pool_code, 'employee', 'active', 'with_account', 'self', '2015-01-01' FROM account"
            " WHERE person_key = %s AND account_id = %s AND NOT EXISTS (SELECT FROM enrolment WHERE person_key = account.person_key"
            " AND enrolment.pool_code = account.pool_code) ON CONFLICT DO NOTHING", [money.new_id(key), key, account_id])
        sql.execute(
            "INSERT INTO enrolment (person_key, enrolment_id, pool_code, scheme, status, account_mode, payer_kind, started_on)"
            " SELECT %s, %s, pool_code, 'resident', 'active', 'pooled_only', 'self', '2015-01-01' FROM account WHERE account_id = %s"
            " AND NOT EXISTS (SELECT FROM enrolment WHERE person_key = %s)", [member_key, money.new_id(member_key), account_id, member_key])
        sql.execute(
            "INSERT INTO family_member (person_key, member_person_key, charge_limit_fen, month_limit_fen, year_limit_fen, invited_at,"
            " changed_at, activated_at, ended_at, invited_until, ends_not_before, family_member_id, owner_id, account_id, member_id,"
            " pool_code, relation, way, state, usages)"
            " SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, account_id, %s, pool_code, 'parent', %s, %s, %s"
            " FROM account WHERE person_key = %s AND account_id = %s",
            [key, member_key, limits.get("charge_limit_fen"), limits.get("month_limit_fen"), limits.get("year_limit_fen"), instant,
             instant, instant, ended, instant.date(), instant.date(), family_member_id, owner.person_id, member.person_id, way, state,
             usages or USAGES, key, account_id])
        steps = [("invite", "", "invited", "owner"), ("accept", "invited", "active", "member")]
        steps += [("end", "active", "ended", "owner")] if state == "ended" else []
        for seq, (event, before, after, who) in enumerate(steps, 1):
            actor = member.person_id if who == "member" else owner.person_id
            sql.execute(
                "INSERT INTO state_change (person_key, at, seq, object_id, actor_id, machine, event, from_state, to_state, who, actor_kind)"
                " VALUES (%s, %s, %s, %s, %s, 'family_member', %s, %s, %s, %s, 'citizen')",
                [key, instant, seq, family_member_id, actor, event, before, after, who])
    return str(family_member_id)


def account(sql, person, pool_code, current_year_fen=0, carried_over_fen=0, status="spend_only", opened_at=None):
    """One more account of a person; its id."""
    key = money.key_of(person.person_id)
    account_id = money.new_id(key)
    sql.execute(
        "INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at) VALUES (%s, %s, %s, %s, %s, %s)",
        [key, account_id, person.person_id, pool_code, status,
         opened_at or datetime.datetime(2010, 1, 1, tzinfo=CHINA)])
    entries = [money.adjust(fen, part) for fen, part in ((current_year_fen, "current_year"), (carried_over_fen, "carried_over")) if fen]
    if entries:
        money.post(sql, account_id, entries)
    return str(account_id)


def wallet(sql, person, fen):
    return account(sql, person, "000000", fen)


def resident(api, operator, pool_code="620500", **changes):
    """Somebody of the resident scheme, who has no account."""
    numbers = {"citizen_number": entering.fresh_number(), "card_number": entering.fresh_card()}
    person_id = entering.create(api, operator, pool_code=pool_code, **numbers, **changes).json()["person_id"]
    made = api.post(f"/v1/admin/people/{person_id}/enrolments", by=operator, json={
        "pool_code": pool_code, "scheme": "resident", "started_on": "2015-01-01", "account_mode": "pooled_only", "payer_kind": "self"})
    assert made.status_code == 201, made.text
    return types.SimpleNamespace(person_id=person_id, account_id=None, pool_code=pool_code, numbers=numbers)
