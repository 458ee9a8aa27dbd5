"""Minors and their guardians, what each side sees of it and of what was used, and what ends by itself."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest
from tests.harness import charges, family, money

ENDED = "SELECT state, (SELECT reason_code FROM state_change WHERE object_id = family_member_id ORDER BY seq DESC LIMIT 1)" \
        " FROM family_member WHERE family_member_id = %s"


@pytest.fixture(scope="module")
def operator(demo):
    return demo.staff("operator")


@pytest.fixture
def owner(api, sql, operator, new_token):
    return family.owner(api, sql, operator, new_token)


@pytest.fixture
def relative(api, operator, new_token):
    return family.relative(api, operator, new_token)


def of_age(sql, person):
    sql.execute("UPDATE person SET birth_date = birth_date - interval '12 years' WHERE person_key = %s", [money.key_of(person.person_id)])


# --- minors -----------------------------------------------------------------------------------------------------------


def test_the_guardian_agrees_for_a_minor_who_sees_it(api, owner, operator, new_token, relative):
    child = family.minor(api, operator, new_token)
    made = family.invite(api, owner, child, guardian=relative, relation="child").json()
    assert made["guardian_name_masked"] == "钱*"
    family_member_id = made["family_member_id"]
    assert family.step(api, child.by, family_member_id, "acceptance").status_code == 403
    (seen,) = api.get(f"/v1/people/{relative.person_id}/family-memberships", by=relative.by).json()["data"]
    assert (seen["parts"], seen["possible"], seen["account_id"]) == (["guardian"], ["accept", "decline"], None)
    assert family.stepped(api, relative.by, family_member_id, "acceptance")["state"] == "active"
    (seen,) = api.get(f"/v1/people/{child.person_id}/family-memberships", by=child.by).json()["data"]
    assert (seen["parts"], seen["possible"], seen["state"]) == (["minor"], [], "active")
    assert family.step(api, child.by, family_member_id, "end").status_code == 403
    assert family.stepped(api, relative.by, family_member_id, "end")["state"] == "ended"


def test_whoever_shares_may_be_the_guardian(api, owner, operator, new_token):
    child = family.minor(api, operator, new_token)
    family_member_id = family.invited(api, owner, child, guardian=owner, relation="child")
    assert family.stepped(api, owner.by, family_member_id, "acceptance")["parts"] == ["owner", "guardian"]


def test_from_eighteen_on_the_guardian_has_no_say(api, sql, owner, operator, new_token, relative):
    child = family.minor(api, operator, new_token)
    family_member_id = family.share(api, owner, child, guardian=relative, relation="child")
    of_age(sql, child)
    assert family.step(api, relative.by, family_member_id, "end").status_code == 404
    assert api.get(f"{family.PATH}/{family_member_id}", by=relative.by).status_code == 404
    assert api.get(f"/v1/people/{relative.person_id}/family-memberships", by=relative.by).json()["data"] == []
    assert family.stepped(api, child.by, family_member_id, "end")["state"] == "ended"


# --- lists ------------------------------------------------------------------------------------------------------------


def pages(api, path, by, **params):
    """All rows of a list, one a page."""
    rows, cursor = [], None
    while True:
        page = api.get(path, by=by, params={"limit": 1, **params, **({"cursor": cursor} if cursor else {})}).json()
        rows += page["data"]
        if not page["has_more"]:
            return rows
        cursor = page["next_cursor"]


def test_both_lists_go_page_by_page_and_show_each_side_its_own(api, sql, owner, operator, new_token, relative):
    others = [family.relative(api, operator, new_token) for _ in range(2)]
    first = family.share(api, owner, relative)
    made = [family.invited(api, owner, other) for other in others]
    family.stepped(api, owner.by, made[0], "cancellation")
    path = f"/v1/accounts/{owner.account_id}/family-members"
    assert [row["family_member_id"] for row in pages(api, path, owner.by)] == [made[1], made[0], first]
    assert [row["family_member_id"] for row in pages(api, path, owner.by, open="true")] == [made[1], first]
    second = family.owner(api, sql, operator, new_token)
    again = family.invited(api, second, relative)
    own = pages(api, f"/v1/people/{relative.person_id}/family-memberships", relative.by)
    assert [row["family_member_id"] for row in own] == [again, first]
    assert all(row["account_id"] is None and row["parts"] == ["member"] for row in own)
    assert api.get(path, by=relative.by).status_code == 404
    nobody = family.relative(api, operator, new_token)
    assert api.get(f"/v1/people/{nobody.person_id}/family-memberships", by=nobody.by).json()["data"] == []


def test_staff_see_the_people_of_their_regions(api, sql, operator, new_token, owner):
    relative = family.relative(api, operator, new_token, pool_code="620900")
    family_member_id = family.share(api, owner, relative)
    here, there, elsewhere = (new_token("staff", roles=["auditor"], regions=[pool]) for pool in ("620500", "620900", "440100"))
    one = f"{family.PATH}/{family_member_id}"
    assert api.get(one, by=here).json()["account_id"] == owner.account_id
    assert api.get(one, by=there).json()["account_id"] is None
    assert api.get(one, by=elsewhere).status_code == 404
    members = f"/v1/accounts/{owner.account_id}/family-members"
    assert [api.get(members, by=by).status_code for by in (here, there, elsewhere)] == [200, 404, 404]
    theirs = f"/v1/people/{relative.person_id}/family-memberships"
    assert [api.get(theirs, by=by).status_code for by in (here, there, elsewhere)] == [404, 200, 404]
    looks = sql.execute("SELECT action FROM audit_event WHERE person_key = %s AND actor_id = %s ORDER BY at",
                        [money.key_of(owner.person_id), here.subject_id]).fetchall()
    assert looks == [("get_family_member",), ("list_family_members",)]


# --- what was used ----------------------------------------------------------------------------------------------------

SHARE = """
INSERT INTO charge_share (person_key, charge_person_key, amount_fen, captured_fen, current_year_fen, carried_over_fen, refunded_fen,
    created_at, changed_at, expires_at, business_date, captured_on, position, share_id, charge_id, account_id, family_member_id,
    provider_id, current_year_entry_id, carried_over_entry_id, pool_code, payer_kind, state, usage)
SELECT %(key)s, charge.person_key, %(amount)s, %(captured)s, %(captured)s, 0, %(refunded)s, charge.created_at, charge.created_at,
       CASE WHEN %(captured)s = 0 THEN charge.created_at + interval '1 hour' END, %(day)s,
       CASE WHEN %(captured)s > 0 THEN %(day)s::date END, 1, %(share)s, charge.charge_id, %(account)s, %(member)s, charge.provider_id,
       CASE WHEN %(captured)s > 0 THEN gen_random_uuid() END, NULL, '620500', 'family', %(state)s, %(usage)s
  FROM charge WHERE charge.charge_id = %(charge)s
"""


@pytest.fixture
def used(api, sql, operator, new_token, new_provider, owner):
    """What payers store, until the test is over: (relative, id of the member, ids of the shares, newest first)."""
    relative = charges.member(api, sql, operator, new_token, current_year_fen=10)
    relative.name, relative.citizen_number = family.NAME, relative.numbers["citizen_number"]
    relative.by = family.Principal(relative.token, "citizen", person_id=relative.person_id)
    provider, key = new_provider(), money.key_of(owner.person_id)
    member, shares = family.share(api, owner, relative), []
    year = datetime.date.today().year
    rows = [(f"{year}-01-31", "medicine", 300, 300, 100, "captured"), (f"{year}-01-01", "medicine", 50, 50, 0, "captured"),
            (f"{year}-02-01", "device", 70, 0, 0, "held"), (f"{year}-02-01", "device", 5, 0, 0, "voided"),
            (f"{year - 1}-12-31", "treatment", 8, 8, 0, "captured")]
    for day, usage, amount, captured, refunded, state in rows:
        charge_id = charges.charged(api, provider, relative.account_id, 1, item="阿莫西林")["charge_id"]
        shares.append(str(money.new_id(key)))
        sql.execute(SHARE, {"key": key, "share": shares[-1], "charge": charge_id, "account": owner.account_id, "member": member,
                            "day": day, "usage": usage, "amount": amount, "captured": captured, "refunded": refunded, "state": state})
    yield relative, member, shares[::-1]
    sql.execute("DELETE FROM charge_share WHERE person_key = %s AND share_id = ANY(%s::uuid[])", [key, shares])


def test_both_sides_see_what_was_used_by_month_and_use(api, owner, used):
    relative, member, _ = used
    year = datetime.date.today().year
    for path, by in ((f"/v1/accounts/{owner.account_id}/family-usage", owner.by), (f"{family.PATH}/{member}/usage", owner.by),
                     (f"{family.PATH}/{member}/usage", relative.by)):
        told = api.get(path, by=by).json()
        assert told["year"] == year
        rows = [(row["month"], row["usage"], row["uses_count"], row["held_fen"], row["captured_fen"], row["refunded_fen"], row["net_fen"])
                for row in told["data"]]
        assert rows == [(f"{year}-02", "device", 1, 70, 0, 0, 0), (f"{year}-01", "medicine", 2, 0, 350, 100, 250)]
        assert {(row["family_member_id"], row["member_name_masked"], row["relation"]) for row in told["data"]} == {(member, "钱*", "spouse")}
        before = api.get(path, by=by, params={"year": year - 1}).json()
        assert [(row["month"], row["captured_fen"]) for row in before["data"]] == [(f"{year - 1}-12", 8)]
    assert api.get(f"/v1/accounts/{owner.account_id}/family-usage", by=relative.by).status_code == 404


def test_both_sides_see_each_use_page_by_page_alike(api, owner, used, operator, new_token):
    relative, member, shares = used
    path = f"{family.PATH}/{member}/uses"
    own = pages(api, path, owner.by)
    assert own == pages(api, path, relative.by) == pages(api, path, operator)
    assert [row["share_id"] for row in own] == shares
    oldest = own[-1]
    assert (oldest["payer_name_masked"], oldest["beneficiary_name_masked"], oldest["item"], oldest["usage"], oldest["amount_fen"]) == (
        "钱*", "钱*", "阿莫西林", "medicine", 300)
    assert owner.account_id not in str(own) and oldest["institution_name"]
    other = family.relative(api, operator, new_token)
    second = family.share(api, owner, other)
    assert pages(api, f"{family.PATH}/{second}/uses", other.by) == []
    assert api.get(path, by=other.by).status_code == 404


# --- what ends by itself ----------------------------------------------------------------------------------------------


def test_an_invitation_expires_whether_the_sweep_or_somebody_comes_first(api, sql, owner, operator, new_token, relative):
    late, swept = family.relative(api, operator, new_token), family.invited(api, owner, relative)
    touched = family.invited(api, owner, late)
    sql.execute("UPDATE family_member SET invited_until = current_date - 2 WHERE family_member_id = ANY(%s::uuid[])", [[touched]])
    refused = family.step(api, late.by, touched, "acceptance").json()
    assert (refused["code"], refused["state"], refused["possible"]) == ("not_possible_now", "expired", [])
    sql.execute("UPDATE family_member SET invited_until = current_date - 2 WHERE family_member_id = ANY(%s::uuid[])", [[swept]])
    sql.execute("SELECT family_member_expire(now(), now(), 500)")
    assert api.get(f"{family.PATH}/{swept}", by=relative.by).json()["state"] == "expired"
    assert family.invite(api, owner, relative).status_code == 201


CLOSED = {
    "owner_died": ("person", "owner", "deceased_on = current_date - 1", "deceased_on = NULL"),
    "member_died": ("person", "relative", "deceased_on = current_date - 1", "deceased_on = NULL"),
    "account_not_in_use": ("account", "owner", "status = 'spend_only'", "status = 'active'"),
    "enrolment_ended": ("enrolment", "owner", "status = 'ended', ended_on = started_on", "status = 'active', ended_on = NULL"),
    None: ("account", "owner", "status = 'frozen'", "status = 'active'"),
}


@pytest.mark.parametrize("reason", CLOSED)
def test_what_cannot_be_shared_any_more_is_closed_and_what_may_pass_is_not(api, sql, owner, relative, reason):
    table, who, change, back = CLOSED[reason]
    family_member_id = family.share(api, owner, relative)
    key = money.key_of({"owner": owner, "relative": relative}[who].person_id)
    sql.execute(f"UPDATE {table} SET {change} WHERE person_key = %s", [key])
    sql.execute("SELECT family_member_close(now(), now(), %s, 1)", [money.key_of(owner.person_id) - 1])
    found = sql.execute(ENDED, [family_member_id]).fetchone()
    sql.execute(f"UPDATE {table} SET {back} WHERE person_key = %s", [key])
    assert found == (("ended", reason) if reason else ("active", None))


def test_two_records_are_not_merged_while_the_duplicate_is_a_member(api, sql, owner, relative, operator, new_token):
    family_member_id = family.share(api, owner, relative)
    survivor = family.relative(api, operator, new_token)
    keys = [money.key_of(person.person_id) for person in (survivor, relative)]
    assert sql.execute("SELECT merge_refusal(%s, %s)", keys).fetchone() == ("conflict",)
    family.stepped(api, relative.by, family_member_id, "end")
    assert sql.execute("SELECT merge_refusal(%s, %s)", keys).fetchone() == (None,)
