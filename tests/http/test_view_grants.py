"""The owner of an account lets a relative look at it: what they see, for how long, and that the owner sees who looked."""
# SPDX-License-Identifier: Apache-2.0
import uuid

import pytest
from tests.harness import money
from tests.harness.problems import check_problem, without_request_id
from tests.harness.viewing import grant, granted, grants_of, revoke, today
from tests.http import listing

LOG = "/v1/me/access-log"


def paths(owner):
    return {
        f"/v1/accounts/{owner.account_id}": "balance",
        f"/v1/accounts/{owner.account_id}/balance": "balance",
        f"/v1/accounts/{owner.account_id}/balance?as_of=2025-12-31T23:59:59%2B08:00": "balance",
        f"/v1/accounts/{owner.account_id}/entries": "entries",
        f"/v1/accounts/{owner.account_id}/pending": None,
        f"/v1/accounts/{owner.account_id}/statements": None,
        f"/v1/accounts/{owner.account_id}/view-grants": None,
        f"/v1/people/{owner.person_id}": None,
        f"/v1/people/{owner.person_id}/accounts": None,
        f"/v1/people/{owner.person_id}/contributions": None,
        f"/v1/people/{owner.person_id}/view-grants": None,
    }


@pytest.fixture(scope="module")
def owner(demo):
    return demo.citizen("Beijing under")


@pytest.fixture(scope="module")
def viewer(demo):
    return demo.citizen("gap 5")


@pytest.fixture(autouse=True)
def nothing_left(api, owner):
    yield
    for row in api.pages(grants_of(owner), by=owner):
        if row["state"] == "granted":
            assert revoke(api, row["view_grant_id"], owner).status_code == 200


def statuses(api, owner, viewer):
    return {path: api.get(path, by=viewer).status_code for path in paths(owner)}


@pytest.mark.parametrize(("scope", "opens"), [("balance", {"balance"}), ("balance_and_entries", {"balance", "entries"})])
def test_a_relative_sees_what_was_granted_and_nothing_else(api, owner, viewer, scope, opens):
    assert set(statuses(api, owner, viewer).values()) == {404}
    made = granted(api, owner, viewer, scope=scope)
    assert statuses(api, owner, viewer) == {path: 200 if what in opens else 404 for path, what in paths(owner).items()}
    for path, what in paths(owner).items():
        if what in opens:
            theirs, own = (api.get(path, by=by).json() for by in (viewer, owner))
            assert {**theirs, "next_cursor": None} == {**own, "next_cursor": None}
            assert owner.name not in str(theirs)
    if "entries" in opens:
        entries = f"/v1/accounts/{owner.account_id}/entries"
        assert api.pages(entries, by=viewer, limit=7) == api.pages(entries, by=owner)
    assert revoke(api, made["view_grant_id"], owner).status_code == 200
    assert set(statuses(api, owner, viewer).values()) == {404}


def test_a_stranger_is_told_what_an_absent_account_tells(api, owner, viewer, demo):
    granted(api, owner, viewer)
    stranger = demo.citizen("moved")
    for path in paths(owner):
        foreign, absent = (api.get(p, by=stranger) for p in (path, path.replace(owner.account_id, str(uuid.uuid4()))))
        if owner.account_id in path:
            assert without_request_id(foreign) == without_request_id(absent)


def test_what_the_owner_is_shown(api, owner, viewer):
    made = granted(api, owner, viewer, scope="balance_and_entries", expires_on=today(30))
    assert made == {
        "view_grant_id": made["view_grant_id"], "account_id": owner.account_id, "family_member_id": None,
        "scope": "balance_and_entries", "granted_at": made["granted_at"], "expires_on": today(30), "state": "granted",
        "ended_at": None, "name": viewer.name[0] + "*"}
    (first, *_) = api.pages(grants_of(owner), by=owner)
    assert first == made
    (mine, *_) = api.pages(f"/v1/people/{viewer.person_id}/view-grants", by=viewer)
    assert mine == {**made, "name": owner.name[0] + "*"}


def test_it_ends_a_year_later_at_the_latest(api, owner, viewer):
    assert granted(api, owner, viewer)["expires_on"] == today(365)
    for day, code in ((today(-1), "too_small"), (today(367), "too_large")):
        response = grant(api, owner, viewer, expires_on=day)
        check_problem(response, 400, "validation_failed")
        assert response.json()["errors"][0]["pointer"] == "/body/expires_on" and response.json()["errors"][0]["code"] == code


def test_every_look_is_in_the_owners_log(api, owner, viewer):
    granted(api, owner, viewer, scope="balance_and_entries")
    seen = {event["event_id"] for event in api.pages(LOG, by=owner)}
    looked = [path for path, what in paths(owner).items() if what]
    for path in looked:
        api.get(path, by=viewer)
    events = [event for event in api.pages(LOG, by=owner) if event["event_id"] not in seen][::-1]
    assert [event["action"] for event in events] == [
        "get_account", "get_account_balance", "get_account_balance", "list_account_entries"]
    for event in events:
        assert (event["by"], event["citizen_name"], event["client_id"]) == ("citizen", viewer.name[0] + "*", None)


def test_only_looks_that_showed_something_are_recorded(api, owner, viewer):
    seen = {event["event_id"] for event in api.pages(LOG, by=owner)}
    statuses(api, owner, viewer)
    assert {event["event_id"] for event in api.pages(LOG, by=owner)} == seen


def test_an_unchanged_balance_is_answered_304_and_recorded(api, owner, viewer, sql):
    granted(api, owner, viewer)
    path = f"/v1/accounts/{owner.account_id}/balance"
    for method in ("GET", "HEAD"):
        tag = api.request(method, path, by=viewer).headers["etag"]
        response = api.request(method, path, by=viewer, headers={"If-None-Match": tag})
        assert response.status_code == 304
        rows = sql.execute("SELECT action, actor_id::text FROM audit_event WHERE request_id = %s",
                           [response.headers["x-request-id"]]).fetchall()
        assert rows == [("get_account_balance", viewer.person_id)]


def test_own_looks_leave_nothing(api, owner, sql):
    for path, what in paths(owner).items():
        response = api.get(path, by=owner)
        assert response.status_code == 200, path
        assert sql.execute("SELECT FROM audit_event WHERE request_id = %s", [response.headers["x-request-id"]]).fetchall() == []


def test_the_viewer_gives_it_back(api, owner, viewer):
    made = granted(api, owner, viewer)
    assert revoke(api, made["view_grant_id"], viewer).json()["state"] == "revoked"
    check_problem(api.get(f"/v1/accounts/{owner.account_id}/balance", by=viewer), 404, "not_found")


def test_staff_of_the_region_take_it_back(api, owner, viewer, new_token):
    made = granted(api, owner, viewer)
    elsewhere = new_token("staff", roles=["operator"], regions=["440100"])
    check_problem(revoke(api, made["view_grant_id"], elsewhere), 404, "not_found")
    check_problem(api.get(grants_of(owner), by=elsewhere), 404, "not_found")
    staff = new_token("staff", roles=["operator"], regions=["110000"])
    assert api.get(grants_of(owner), by=staff).json()["data"][0]["view_grant_id"] == made["view_grant_id"]
    assert revoke(api, made["view_grant_id"], staff).status_code == 200


def test_who_else_cannot_grant(api, owner, viewer, new_token):
    staff = new_token("staff", roles=["operator"], regions=["000000"])
    check_problem(grant(api, owner, viewer, by=staff), 403, "forbidden")
    check_problem(grant(api, owner, viewer, by=viewer), 404, "not_found")


def test_what_is_over_is_not_taken_back_again(api, owner, viewer, demo):
    made, key = granted(api, owner, viewer), uuid.uuid4().hex
    first = revoke(api, made["view_grant_id"], owner, key)
    again = revoke(api, made["view_grant_id"], owner, key)
    assert first.json() == again.json() and again.headers["idempotent-replayed"] == "true"
    for by in (owner, viewer):
        refused = revoke(api, made["view_grant_id"], by, key + "2")
        check_problem(refused, 409, "not_possible_now")
        assert (refused.json()["state"], refused.json()["possible"]) == ("revoked", [])
        assert revoke(api, made["view_grant_id"], by, key + "2").headers["idempotent-replayed"] == "true"
    check_problem(revoke(api, made["view_grant_id"], demo.citizen("moved")), 404, "not_found")
    check_problem(revoke(api, str(uuid.uuid4()), owner), 404, "not_found")
    check_problem(revoke(api, str(uuid.uuid4()), owner, key), 422, "idempotency_key_reused")


def test_the_same_request_grants_once(api, owner, viewer):
    key = uuid.uuid4().hex
    first, again = (grant(api, owner, viewer, key) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert again.headers["idempotent-replayed"] == "true"
    check_problem(grant(api, owner, viewer, key, scope="balance_and_entries"), 422, "idempotency_key_reused")
    refused = grant(api, owner, viewer, key + "2")
    check_problem(refused, 409, "already_exists")


def test_refusals(api, owner, viewer, demo):
    check_problem(grant(api, owner, viewer, name="王五"), 409, "member_name_mismatch")
    check_problem(grant(api, owner, owner), 409, "conflict")
    check_problem(grant(api, owner, viewer, family_member_id=str(uuid.uuid4()), citizen_number=None, name=None), 404, "not_found")
    for changes in ({"family_member_id": str(uuid.uuid4())}, {"citizen_number": None}, {"name": None},
                    {"name": None, "citizen_number": None},
                    {"citizen_number": "110105194912310021"}, {"scope": "all"}):
        check_problem(grant(api, owner, viewer, **changes), 400, "validation_failed")


def test_names_cannot_be_tried_without_end(api, demo, viewer, sql):
    owner = demo.citizen("gap 2")
    for attempt in range(10):
        check_problem(grant(api, owner, viewer, name=f"王{attempt}"), 409, "member_name_mismatch")
    for name in ("王五", viewer.name):
        refused = grant(api, owner, viewer, name=name)
        check_problem(refused, 429, "too_many_attempts")
        assert 86000 < int(refused.headers["retry-after"]) <= 86400
    assert sql.execute("SELECT FROM view_grant WHERE person_key = %s", [money.key_of(owner.person_id)]).fetchall() == []


def test_past_its_last_day_nothing_is_shown(api, owner, viewer, sql):
    made = granted(api, owner, viewer)
    sql.execute("UPDATE view_grant SET expires_on = current_date - 2, granted_at = granted_at - interval '9 days' WHERE view_grant_id = %s",
                [made["view_grant_id"]])
    sql.execute("UPDATE state_change SET at = at - interval '9 days' WHERE object_id = %s", [made["view_grant_id"]])
    assert set(statuses(api, owner, viewer).values()) == {404}
    (first, *_) = api.pages(grants_of(owner), by=owner)
    assert first["state"] == "expired"
    later = granted(api, owner, viewer)
    (_, old, *_) = api.pages(grants_of(owner), by=owner)
    assert old["view_grant_id"] == made["view_grant_id"] and old["state"] == "expired" and old["ended_at"]
    assert later["view_grant_id"] != made["view_grant_id"]
    check_problem(revoke(api, made["view_grant_id"], owner), 409, "not_possible_now")


def test_the_account_of_the_dead_is_not_shown(api, owner, viewer, sql):
    granted(api, owner, viewer)
    (status,) = sql.execute("SELECT status FROM account WHERE account_id = %s", [owner.account_id]).fetchone()
    sql.execute("UPDATE account SET status = 'deceased' WHERE account_id = %s", [owner.account_id])
    try:
        assert set(statuses(api, owner, viewer).values()) == {404}
        check_problem(grant(api, owner, viewer), 409, "account_deceased")
    finally:
        sql.execute("UPDATE account SET status = %s WHERE account_id = %s", [status, owner.account_id])


def test_pages(api, owner, viewer):
    made = []
    for _ in range(5):
        made.insert(0, granted(api, owner, viewer)["view_grant_id"])
        revoke(api, made[0], owner)
    rows = [row["view_grant_id"] for row in api.pages(grants_of(owner), by=owner)]
    assert rows[:5] == made
    listing.check_pages(api, grants_of(owner), owner, rows, "view_grant_id", limits=(1, 3, 100))
    theirs = f"/v1/people/{viewer.person_id}/view-grants"
    listing.check_pages(api, theirs, viewer, [r["view_grant_id"] for r in api.pages(theirs, by=viewer)],
                        "view_grant_id", limits=(1, 3, 100))


def test_each_step_is_an_event(api, owner, viewer, sql):
    made = granted(api, owner, viewer)
    revoke(api, made["view_grant_id"], viewer)
    steps = sql.execute("SELECT event, to_state, who, actor_id::text FROM state_change WHERE object_id = %s ORDER BY seq",
                        [made["view_grant_id"]]).fetchall()
    assert steps == [("grant", "granted", "owner", owner.person_id), ("revoke", "revoked", "viewer", viewer.person_id)]
    events = sql.execute("SELECT event FROM outbox WHERE event ->> 'object_id' = %s ORDER BY outbox_id", [made["view_grant_id"]]).fetchall()
    assert [event["event"] for (event,) in events] == ["view_grant.granted", "view_grant.revoked"]
