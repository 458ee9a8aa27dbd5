"""Accounts are shared with relatives: invited, agreed to, limited and ended, by whose turn it is and by nobody else."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

import pytest
from tests.harness import family, money
from tests.harness.problems import check_problem


@pytest.fixture(scope="module")
def operator(demo):
    return demo.staff("operator")


@pytest.fixture
def people(api, sql, operator, new_token):
    """Somebody with an account, and a relative."""
    return (family.owner(api, sql, operator, new_token), family.relative(api, operator, new_token))


def timeline(sql, family_member_id):
    return sql.execute(
        "SELECT seq, event, from_state, to_state, who, actor_kind FROM state_change WHERE person_key = %s AND object_id = %s"
        " ORDER BY seq", [money.key_of(family_member_id), family_member_id]).fetchall()


def events(sql, family_member_id):
    rows = sql.execute("SELECT event ->> 'event' FROM outbox WHERE event ->> 'object_id' = %s ORDER BY outbox_id", [family_member_id])
    return [event for (event,) in rows]


def test_from_the_invitation_to_the_end(api, sql, people):
    owner, relative = people
    made = family.invite(api, owner, relative, charge_limit_fen=20000, usages=["medicine", "device"])
    assert made.status_code == 201, made.text
    one = made.json()
    assert made.headers["Location"] == f"{family.PATH}/{one['family_member_id']}"
    assert (one["state"], one["way"], one["relation"], one["parts"]) == ("invited", "direct", "spouse", ["owner"])
    assert one["account_id"] == owner.account_id and one["region_code"] == "620500"
    assert (one["charge_limit_fen"], one["month_limit_fen"], one["usages"]) == (20000, None, ["medicine", "device"])
    assert one["owner_name_masked"] == one["member_name_masked"] == "钱*" and one["guardian_name_masked"] is None
    assert one["possible"] == ["cancel"] and one["activated_at"] is None and one["ends_not_before"] is None
    days = datetime.date.fromisoformat(one["invited_until"]) - datetime.datetime.fromisoformat(one["invited_at"]).date()
    assert days.days == 30
    seen = api.get(made.headers["Location"], by=relative.by).json()
    assert seen == {**one, "parts": ["member"], "account_id": None, "possible": ["accept", "decline"]}

    agreed = family.stepped(api, relative.by, one["family_member_id"], "acceptance")
    assert agreed["state"] == "active" and agreed["activated_at"] == agreed["changed_at"] and agreed["possible"] == ["end"]
    limited = family.stepped(api, owner.by, one["family_member_id"], "limits", json={"month_limit_fen": 5})
    assert (limited["charge_limit_fen"], limited["month_limit_fen"], len(limited["usages"])) == (None, 5, 5)
    ended = family.stepped(api, relative.by, one["family_member_id"], "end")
    assert ended["state"] == "ended" and ended["ended_at"] == ended["changed_at"] and ended["possible"] == []
    assert timeline(sql, one["family_member_id"]) == [
        (1, "invite", "", "invited", "owner", "citizen"), (2, "accept", "invited", "active", "member", "citizen"),
        (3, "change", "active", "active", "owner", "citizen"), (4, "end", "active", "ended", "member", "citizen")]
    assert events(sql, one["family_member_id"]) == [
        "family_member.invited", "family_member.active", "family_member.active", "family_member.ended"]


@pytest.mark.parametrize(("what", "who", "state"), [("refusal", "relative", "declined"), ("cancellation", "owner", "cancelled")])
def test_an_invitation_that_comes_to_nothing(api, sql, people, what, who, state):
    owner, relative = people
    family_member_id = family.invited(api, owner, relative)
    done = family.stepped(api, {"owner": owner, "relative": relative}[who].by, family_member_id, what)
    assert done["state"] == state and done["ended_at"] is not None and done["possible"] == []
    assert family.invite(api, owner, relative).status_code == 201  # it can be offered again


def test_a_repetition_is_answered_as_before_and_another_content_is_not(api, people):
    owner, relative = people
    headers = family.key()
    first = family.invite(api, owner, relative, headers=headers)
    again = family.invite(api, owner, relative, headers=headers)
    assert again.status_code == 201 and again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first.headers
    assert family.invite(api, owner, relative, headers=headers, relation="child").status_code == 422
    family_member_id = first.json()["family_member_id"]
    keys = family.key()
    agreed = family.step(api, relative.by, family_member_id, "acceptance", headers=keys)
    family.stepped(api, owner.by, family_member_id, "end")
    replayed = family.step(api, relative.by, family_member_id, "acceptance", headers=keys)
    assert replayed.json() == agreed.json() and replayed.headers["Idempotent-Replayed"] == "true"
    refused = family.step(api, relative.by, family_member_id, "end", headers=family.key())
    assert (refused.status_code, refused.json()["code"]) == (409, "not_possible_now")
    assert (refused.json()["state"], refused.json()["possible"]) == ("ended", [])


@pytest.mark.parametrize(("what", "who", "rest"), [
    ("acceptance", "relative", {}), ("refusal", "relative", {}), ("cancellation", "owner", {}), ("end", "owner", {}),
    ("limits", "owner", {"json": {"month_limit_fen": 5}})])
def test_a_key_is_for_one_step_of_one_member(api, operator, new_token, people, what, who, rest):
    owner, relative = people
    by, keys = {"owner": owner, "relative": relative}[who].by, family.key()
    other = family.relative(api, operator, new_token) if who == "owner" else relative
    if what in ("end", "limits"):
        one = family.share(api, owner, relative)
    else:
        one = family.invited(api, owner, relative)
    family.stepped(api, by, one, what, headers=keys, **rest)
    if who == "relative" and what == "acceptance":
        family.stepped(api, by, one, "end")
    two = family.invited(api, owner, other)
    check_problem(family.step(api, by, two, what, headers=keys, **rest), 422, "idempotency_key_reused")


STATES = {
    "invited": [], "active": [("relative", "acceptance")], "declined": [("relative", "refusal")],
    "cancelled": [("owner", "cancellation")], "ended": [("relative", "acceptance"), ("owner", "end")],
}
POSSIBLE = {"invited": ["accept", "cancel", "decline"], "active": ["change", "end"]}
TRIED = {"acceptance": ("accept", "relative"), "refusal": ("decline", "relative"), "cancellation": ("cancel", "owner"),
         "end": ("end", "owner"), "limits": ("change", "owner")}


@pytest.mark.parametrize("state", STATES)
def test_what_is_not_in_the_table_is_refused_with_what_is_possible(api, people, state):
    owner, relative = people
    somebody = {"owner": owner, "relative": relative}
    family_member_id = family.invited(api, owner, relative)
    for who, what in STATES[state]:
        family.stepped(api, somebody[who].by, family_member_id, what)
    for what, (event, who) in TRIED.items():
        if event in POSSIBLE.get(state, []):
            continue
        refused = family.step(api, somebody[who].by, family_member_id, what, **({"json": {}} if what == "limits" else {}))
        assert refused.status_code == 409, what
        told = refused.json()
        assert (told["code"], told["state"], told["possible"]) == ("not_possible_now", state, POSSIBLE.get(state, [])), what


NOT_THEIRS = [("acceptance", "owner"), ("refusal", "owner"), ("cancellation", "relative"), ("limits", "relative")]


@pytest.mark.parametrize(("what", "who"), NOT_THEIRS)
def test_nobody_takes_the_other_sides_step(api, people, what, who):
    owner, relative = people
    family_member_id = family.invited(api, owner, relative)
    response = family.step(api, {"owner": owner, "relative": relative}[who].by, family_member_id, what,
                           **({"json": {}} if what == "limits" else {}))
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")


def test_a_stranger_meets_nothing(api, people, operator, new_token):
    owner, relative = people
    stranger = family.relative(api, operator, new_token)
    family_member_id = family.invited(api, owner, relative)
    for what in TRIED:
        sending = {"json": {}} if what == "limits" else {}
        assert family.step(api, stranger.by, family_member_id, what, **sending).status_code == 404
    for path in ("", "/usage", "/uses"):
        assert api.get(f"{family.PATH}/{family_member_id}{path}", by=stranger.by).status_code == 404
    assert family.invite(api, owner, relative, by=stranger.by).status_code == 404


def test_staff_at_windows_enter_it_for_the_side_that_they_cover(api, sql, operator, new_token):
    owner = family.owner(api, sql, operator, new_token)
    relative = family.relative(api, operator, new_token, pool_code="620900")
    here, there = (new_token("staff", roles=["operator"], regions=[pool]) for pool in ("620500", "620900"))
    elsewhere = new_token("staff", roles=["operator"], regions=["440100"])
    assert family.invite(api, owner, relative, by=elsewhere).status_code == 404
    family_member_id = family.invited(api, owner, relative, by=here)
    assert family.step(api, elsewhere, family_member_id, "acceptance").status_code == 404
    refused = family.step(api, here, family_member_id, "acceptance")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")  # the relative is not of that window
    agreed = family.stepped(api, there, family_member_id, "acceptance")
    assert agreed["state"] == "active" and agreed["parts"] == ["member"] and agreed["account_id"] is None
    assert timeline(sql, family_member_id)[1][4:] == ("member", "staff")
    assert family.stepped(api, here, family_member_id, "end")["parts"] == ["owner"]


def test_who_has_entered_an_invitation_does_not_agree_for_the_other_side(api, sql, operator, new_token, people):
    owner, relative = people
    one, two = (new_token("staff", roles=["operator"], regions=["620500"]) for _ in range(2))
    family_member_id = family.invited(api, owner, relative, by=one)
    refused = family.step(api, one, family_member_id, "acceptance")
    assert (refused.status_code, refused.json()["code"]) == (403, "proposer_cannot_decide")
    assert family.stepped(api, two, family_member_id, "acceptance")["state"] == "active"


def test_two_accounts_share_with_each_other_but_nobody_with_oneself(api, sql, operator, new_token):
    one, two = (family.owner(api, sql, operator, new_token) for _ in range(2))
    assert family.share(api, one, two) and family.share(api, two, one)
    alone = family.invite(api, one, one)
    assert alone.status_code == 400
    assert [(fault["pointer"], fault["code"]) for fault in alone.json()["errors"]] == [("/body/citizen_number", "not_allowed")]


def test_numbers_and_guardians_must_be_whole(api, people):
    owner, relative = people
    wrong = family.invite(api, owner, relative, citizen_number="110105194912310021", guardian_name="钱")
    assert wrong.status_code == 400
    assert {fault["pointer"] for fault in wrong.json()["errors"]} == {"/body/citizen_number", "/body/guardian_citizen_number"}


def test_both_sides_find_it_in_their_access_logs(api, people):
    owner, relative = people
    family_member_id = family.share(api, owner, relative)
    theirs = [row["action"] for row in api.get("/v1/me/access-log", by=relative.by).json()["data"]]
    assert "look_up_relative" in theirs
    own = [row["action"] for row in api.get("/v1/me/access-log", by=owner.by).json()["data"]]
    assert "accept_family_member" in own
    family.stepped(api, owner.by, family_member_id, "end")
    theirs = [row["action"] for row in api.get("/v1/me/access-log", by=relative.by).json()["data"]]
    assert "end_family_member" in theirs


def test_the_owner_is_told_who_did_not_do_it_themselves(api, sql, operator, new_token, sms):
    phone = f"139{uuid.uuid4().int % 10**8:08}"
    owner = family.owner(api, sql, operator, new_token, phone=phone)
    first = family.relative(api, operator, new_token)
    mark = sms.mark()
    made = family.invite(api, owner, first).json()["family_member_id"]
    family.stepped(api, first.by, made, "acceptance")
    assert "新增了一位家庭共济成员" in sms.wait(phone, since=mark)["text"]
    mark = sms.mark()
    family.stepped(api, operator, made, "limits", json={"month_limit_fen": 5})
    told = sms.wait(phone, since=mark)["text"]
    assert "经办机构为您的个人账户办理了家庭共济业务" in told and family.NAME not in told
    family.stepped(api, owner.by, made, "limits", json={"month_limit_fen": 6})
    family.stepped(api, first.by, made, "end")
    sent = sql.execute("SELECT count(*) FROM outbox WHERE kind = 'sms' AND person_key = %s", [money.key_of(owner.person_id)]).fetchone()
    assert sent == (2,), "not of what a citizen did"
