"""Transfers that are under way: what is shown of them and to whom, cancelling, and that nobody's insurance has a gap."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import datetime
import uuid

import pytest
from tests.harness import charges, entering, money, transfers
from tests.harness import moving as desks
from tests.harness.problems import check_problem, faults, without_request_id
from tests.harness.transfers import BEIJING, CARD, GUANGZHOU, JIUQUAN, TIANSHUI, UNCONNECTED
from tests.http.transferring import operator, somebody, staff  # noqa: F401 fixtures

READS = ("{}", "{}/timeline")


@pytest.fixture
def moving(api, somebody):
    """Somebody with a transfer to Guangzhou, in `transfer`."""
    person = somebody()
    person.transfer = transfers.applied(api, person.citizen)
    person.transfer_id = person.transfer["transfer_id"]
    return person


def put_into(sql, person, state, **columns):
    """As the desks would leave it."""
    sets = "".join(f", {name} = %({name})s" for name in columns)
    sql.execute(f"UPDATE transfer SET state = %(state)s{sets} WHERE transfer_id = %(id)s",
                {"state": state, "id": person.transfer_id, **columns})


# --- what is shown ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", READS)
def test_the_person_and_both_regions_see_it_and_nobody_else(api, moving, staff, new_token, somebody, form):
    path = form.format(f"/v1/transfers/{moving.transfer_id}")
    absent = form.format(f"/v1/transfers/{money.new_id(money.key_of(moving.person_id))}")
    for who in (moving.citizen, staff(TIANSHUI), staff(GUANGZHOU), staff("440000", role="reviewer"), staff("620000", role="auditor")):
        assert api.get(path, by=who).status_code == 200
    for who in (somebody().citizen, staff(BEIJING), staff(JIUQUAN)):
        unseen, missing = api.get(path, by=who), api.get(absent, by=who)
        check_problem(unseen, 404, "not_found")
        assert without_request_id(unseen) == without_request_id(missing)
    check_problem(api.get(absent, by=moving.citizen), 404, "not_found")
    for who in (new_token("client"), staff(TIANSHUI, role="policy")):
        check_problem(api.get(path, by=who), 403, "forbidden")


def test_a_look_by_staff_is_in_the_persons_log(api, moving, staff):
    for form in READS:
        api.get(form.format(f"/v1/transfers/{moving.transfer_id}"), by=staff(GUANGZHOU))
    api.get(f"/v1/people/{moving.person_id}/transfers", by=staff(TIANSHUI))
    log = api.get("/v1/me/access-log", by=moving.citizen, params={"limit": 50}).json()["data"]
    assert {"get_transfer", "get_transfer_timeline", "list_person_transfers"} <= {one["action"] for one in log}


@pytest.mark.parametrize(("state", "desks", "possible", "words"), [
    ("submitted", ["out", "in"], ["cancel"], "等待转出地和转入地"),
    ("checked_out", ["in"], ["cancel"], "转出地已受理"),
    ("checked_in", ["out"], ["cancel"], "转入地已受理"),
    ("out_review", ["out"], ["cancel"], "转出地正在审核"),
    ("in_review", ["in"], ["cancel"], "转入地正在审核"),
])
def test_where_it_is_and_whose_desk_has_it(api, sql, moving, state, desks, possible, words):
    put_into(sql, moving, state)
    seen = transfers.get(api, moving.citizen, moving.transfer_id).json()
    regions = {"out": (TIANSHUI, "天水市"), "in": (GUANGZHOU, "广州市")}
    assert [(d["desk"], (d["region_code"], d["region_name"])) for d in seen["desks"]] == [(d, regions[d]) for d in desks]
    assert (seen["state"], seen["possible"]) == (state, possible) and words in seen["text"]
    put_into(sql, moving, "submitted")


@pytest.mark.parametrize("days", [-3, 0, 4])
def test_how_many_working_days_are_left(api, sql, moving, days):
    today = datetime.datetime.now(money.CHINA).date()
    later = sql.execute("SELECT working_day_after(%s, 4)", [today]).fetchone()[0]
    before = sql.execute("SELECT max(day)::date FROM generate_series(%(t)s::date - 20, %(t)s::date, '1 day') AS day"
                         " WHERE working_days_until(%(t)s, day::date) = -3", {"t": today}).fetchone()[0]
    put_into(sql, moving, "submitted", due_on={-3: before, 0: today, 4: later}[days])
    assert transfers.get(api, moving.citizen, moving.transfer_id).json()["working_days_left"] == days
    put_into(sql, moving, "submitted", due_on=moving.transfer["due_on"])


def test_documents_that_were_handed_in_are_not_missing_any_more(api, sql, moving):
    key = money.key_of(moving.person_id)
    sql.execute("INSERT INTO document (person_key, size_bytes, created_at, document_id, object_id, uploaded_by, object_kind, document_kind,"
                " content_type, content_hash, uploader_kind) VALUES (%s, 1, now(), %s, %s, %s, 'transfer', 'citizen_id', 'image/png',"
                " sha256('x'), 'citizen')", [key, money.new_id(key), moving.transfer_id, moving.person_id])
    try:
        missing = transfers.get(api, moving.citizen, moving.transfer_id).json()["missing"]
        assert [one["document_kind"] for one in missing] == ["enrolment_certificate"]
    finally:
        sql.execute("DELETE FROM document WHERE object_id = %s", [moving.transfer_id])


def test_the_timeline_tells_who_by_their_part_only(api, sql, moving, staff):
    operator = staff(GUANGZHOU)
    transfers.cancel(api, operator, moving.transfer_id, reason="本人改变了主意")
    steps = transfers.timeline(api, moving.citizen, moving.transfer_id).json()["data"]
    assert [(s["event"], s["from_state"], s["to_state"], s["who"], s["note"]) for s in steps] == [
        ("submit", None, "submitted", "person", None), ("cancel", "submitted", "cancelled", "staff", "本人改变了主意")]
    assert operator.subject_id not in str(steps) and all(s["text"] != s["event"] for s in steps)
    assert transfers.timeline(api, moving.citizen, moving.transfer_id).text == transfers.timeline(api, staff(TIANSHUI),
                                                                                                  moving.transfer_id).text


def test_the_list_is_empty_for_who_has_none_and_absent_for_who_may_not_see(api, somebody, moving, staff):
    person = somebody()
    assert api.get(f"/v1/people/{person.person_id}/transfers", by=person.citizen).json() == {"data": []}
    assert len(api.get(f"/v1/people/{moving.person_id}/transfers", by=staff(GUANGZHOU)).json()["data"]) == 1
    for who in (person.citizen, staff(BEIJING)):
        check_problem(api.get(f"/v1/people/{moving.person_id}/transfers", by=who), 404, "not_found")


def test_the_list_ends_after_the_newest_hundred(api, sql, somebody):
    """Who applies and cancels over and over makes nobody else wait."""
    person = somebody()
    made = [desks.over(sql, person, TIANSHUI) for _ in range(101)]
    listed = [one["transfer_id"] for one in api.get(f"/v1/people/{person.person_id}/transfers", by=person.citizen).json()["data"]]
    assert listed == sorted(made, reverse=True)[:100]


@pytest.mark.parametrize("path", ["/v1/transfers/{}", "/v1/transfers/{}/timeline", "/v1/people/{}/transfers"])
def test_an_id_that_is_none_is_a_fault_of_form(api, somebody, path):
    response = api.get(path.format("018f3b10-1c00"), by=somebody().citizen)
    assert response.status_code == 400 and set(faults(response).values()) == {"malformed"}


# --- cancelling -------------------------------------------------------------------------------------------------------


def approve(api, sql, staff, person, *sides):
    """The desks of these sides, one after the other, with all documents at hand."""
    for kind in desks.DOCUMENTS:
        desks.hand_in(sql, person, person.transfer_id, kind)
    for side in sides:
        desks.step(api, person.transfer_id, side, staff({"out": TIANSHUI, "in": GUANGZHOU}[side], role="reviewer"))


@pytest.mark.parametrize(("sides", "state"), [
    ((), "submitted"), (("out",), "checked_out"), (("in",), "checked_in"), (("out", "in"), "out_review"),
])
def test_before_anything_has_moved_it_is_as_if_it_had_not_been(api, sql, moving, staff, sides, state):
    approve(api, sql, staff, moving, *sides)
    assert transfers.get(api, moving.citizen, moving.transfer_id).json()["state"] == state
    done = transfers.cancel(api, moving.citizen, moving.transfer_id).json()
    assert (done["state"], done["desks"], done["due_on"], done["possible"], done["missing"]) == ("cancelled", [], None, [], [])
    assert done["note"] == "不去了" and done["ended_at"] == done["entered_at"]
    assert transfers.enrolment(sql, moving) == "active"
    assert charges.stored(sql, moving.account_id) == (10_000, 0, 0)


@pytest.mark.parametrize(("sides", "state"), [((), "submitted"), (("out",), "out_review")])
def test_a_payout_is_cancelled_before_it_is_paid(api, sql, somebody, staff, sides, state):
    person = somebody()
    person.transfer_id = transfers.applied(api, person.citizen, UNCONNECTED, bank_card=CARD)["transfer_id"]
    approve(api, sql, staff, person, *sides)
    assert transfers.get(api, person.citizen, person.transfer_id).json()["state"] == state
    assert transfers.cancel(api, person.citizen, person.transfer_id).json()["state"] == "cancelled"
    assert transfers.enrolment(sql, person) == "active"


def test_while_a_bank_pays_it_is_too_late(api, sql, somebody):
    person = somebody()
    person.transfer_id = transfers.applied(api, person.citizen, UNCONNECTED, bank_card=CARD)["transfer_id"]
    put_into(sql, person, "paying")
    try:
        seen = transfers.get(api, person.citizen, person.transfer_id).json()
        assert (seen["desks"], seen["possible"]) == ([], []) and "银行卡" in seen["text"]
        problem = check_problem(transfers.cancel(api, person.citizen, person.transfer_id), 409, "not_possible_now")
        assert (problem["state"], problem["possible"]) == ("paying", [])
        assert transfers.enrolment(sql, person) == "closing"
    finally:
        put_into(sql, person, "submitted")


@pytest.mark.parametrize("state", ["completed", "rejected", "cancelled"])
def test_what_is_over_cannot_be_cancelled(api, sql, moving, state):
    put_into(sql, moving, state, ended_at=datetime.datetime.now(datetime.timezone.utc))
    try:
        key = str(uuid.uuid4())
        for replayed in (None, "true"):
            response = transfers.cancel(api, moving.citizen, moving.transfer_id, key=key)
            problem = check_problem(response, 409, "not_possible_now")
            assert (problem["state"], problem["possible"]) == (state, [])
            assert response.headers.get("idempotent-replayed") == replayed
    finally:
        put_into(sql, moving, "submitted", ended_at=None)


def test_a_repetition_cancels_once_and_a_dry_run_not_at_all(api, sql, moving, staff):
    key = str(uuid.uuid4())
    tried = transfers.cancel(api, staff(TIANSHUI), moving.transfer_id, key=key, dry_run="true")
    assert tried.json()["state"] == "cancelled" and transfers.get(api, moving.citizen, moving.transfer_id).json()["state"] == "submitted"
    assert [action for action, *_ in entering.events(sql, tried)] == ["cancel_transfer.dry_run"]
    first, again = (transfers.cancel(api, moving.citizen, moving.transfer_id, key=key) for _ in range(2))
    assert first.json() == again.json() and again.headers["idempotent-replayed"] == "true"
    check_problem(transfers.cancel(api, moving.citizen, moving.transfer_id, reason="另一个原因", key=key), 422, "idempotency_key_reused")
    assert sql.execute("SELECT count(*) FROM state_change WHERE object_id = %s", [moving.transfer_id]).fetchone() == (2,)
    events = sql.execute("SELECT event ->> 'event' FROM outbox WHERE event ->> 'object_id' = %s ORDER BY created_at, 1",
                         [moving.transfer_id]).fetchall()
    assert events == [("transfer.submitted",), ("transfer.cancelled",)]


def test_many_who_cancel_at_once_cancel_it_once(api, sql, moving, staff):
    operator = staff(GUANGZHOU)
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda who: transfers.cancel(api, who, moving.transfer_id), [moving.citizen, operator] * 5))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 9
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"not_possible_now"}
    assert transfers.enrolment(sql, moving) == "active"


@pytest.mark.parametrize("approved", [["out", "in"], ["out", "in", "out"]])
def test_a_cancellation_and_a_desk_at_once_leave_the_money_in_one_place(api, sql, moving, staff, approved):
    """The person cancels while the desk whose turn it is lets it go, or takes it in: one of them is first."""
    reviewers = {"out": staff(TIANSHUI, role="reviewer"), "in": staff(GUANGZHOU, role="reviewer")}
    for kind in desks.DOCUMENTS:
        desks.hand_in(sql, moving, moving.transfer_id, kind)
    for side in approved:
        desks.step(api, moving.transfer_id, side, reviewers[side])
    desk = "in" if len(approved) == 3 else "out"
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        decision = pool.submit(desks.decide, api, moving.transfer_id, desk, reviewers[desk])
        cancelled = transfers.cancel(api, moving.citizen, moving.transfer_id).status_code == 200
        decided = decision.result().status_code == 200
    state = transfers.get(api, moving.citizen, moving.transfer_id).json()["state"]
    held = dict(sql.execute("SELECT pool_code, current_year_fen FROM account WHERE person_key = %s",
                            [money.key_of(moving.person_id)]).fetchall())
    assert cancelled or decided
    if state == "cancelled":
        assert (held[TIANSHUI], transfers.enrolment(sql, moving)) == (10_000, "active")
    else:
        assert state == "completed" and (held, transfers.enrolment(sql, moving)) == ({TIANSHUI: 0, GUANGZHOU: 10_000}, "ended")


def test_who_may_cancel(api, moving, somebody, staff, new_token):
    for who in (somebody().citizen, staff(BEIJING)):
        check_problem(transfers.cancel(api, who, moving.transfer_id), 404, "not_found")
    for who in (staff(TIANSHUI, role="reviewer"), new_token("client")):
        check_problem(transfers.cancel(api, who, moving.transfer_id), 403, "forbidden")
    assert transfers.cancel(api, staff(TIANSHUI), moving.transfer_id).status_code == 200


@pytest.mark.parametrize(("body", "expected"), [
    ({}, {"/body/reason": "required"}), ({"reason": ""}, {"/body/reason": "too_short"}),
    ({"reason": "我的卡号是 6222021234567890128"}, {"/body/reason": "not_allowed"}),
])
def test_a_reason_is_words(api, moving, body, expected):
    response = api.post(f"/v1/transfers/{moving.transfer_id}/cancellation", by=moving.citizen, json=body,
                        headers={"Idempotency-Key": str(uuid.uuid4())})
    assert response.status_code == 400 and faults(response) == expected


def test_who_works_elsewhere_by_then_is_not_active_twice(api, sql, moving):
    transfers.enrol(sql, moving.person_id, GUANGZHOU, started_on="2026-01-01")
    assert transfers.cancel(api, moving.citizen, moving.transfer_id).json()["state"] == "cancelled"
    assert transfers.enrolment(sql, moving) == "suspended"


# --- no gap -----------------------------------------------------------------------------------------------------------


def test_meanwhile_the_account_pays_holds_and_gets_back(api, sql, moving, new_provider):
    hospital = new_provider()
    charged = charges.charged(api, hospital, moving.account_id, 400)
    held = charges.charged(api, hospital, moving.account_id, 600, capture=False,
                           expires_at=(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)).isoformat())
    assert charged["state"] == "captured" and held["state"] == "held"
    assert charges.stored(sql, moving.account_id) == (9_600, 0, 600)


def test_meanwhile_coverage_is_what_it_was(api, somebody):
    person = somebody()
    path = f"/v1/people/{person.person_id}/contributions/summary"
    before = api.get(path, by=person.citizen).json()
    transfers.applied(api, person.citizen)
    after = api.get(path, by=person.citizen).json()
    assert str(after).replace("'closing'", "'active'") == str(before)
