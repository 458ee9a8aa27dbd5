"""Stories of people who move: from Tianshui to Guangzhou with their money, refused before and after it left, and within the province."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import types

import pytest
from tests.harness import coverage, money, moving, transfers
from tests.harness.coverage import months
from tests.harness.moving import DOCUMENTS
from tests.harness.problems import check_problem

TIANSHUI, GUANGZHOU, JIUQUAN = "620500", "440100", "620900"
TODAY = datetime.datetime.now(money.CHINA).date()
NEXT_MONTH = (TODAY.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
NEW_JOB = TODAY.replace(day=1)  # enrolled at the destination already
LAST_DAY = (NEW_JOB - datetime.timedelta(days=1)).isoformat()
HERE, THERE = (5000, 700), (0, 0)
KEPT = {TIANSHUI: ("active", *HERE)}
GONE = {TIANSHUI: ("closed", *THERE)}

# Each step: who decides what, then the state, the accounts with both parts of their balances, and how the old enrolment is.
STORIES = {
    "Tianshui to Guangzhou with money": (GUANGZHOU, [
        ("out", "approve", "checked_out", KEPT, "closing"),
        ("in", "approve", "out_review", KEPT, "closing"),
        ("out", "approve", "in_review", GONE, "ended"),
        ("in", "approve", "completed", {**GONE, GUANGZHOU: ("active", *HERE)}, "ended")]),
    "refused at the first look": (GUANGZHOU, [
        ("in", "refuse", "rejected", KEPT, "active")]),
    "refused before the money left": (GUANGZHOU, [
        ("in", "approve", "checked_in", KEPT, "closing"),
        ("out", "approve", "out_review", KEPT, "closing"),
        ("out", "refuse", "rejected", KEPT, "active")]),
    "refused after the money left": (GUANGZHOU, [
        ("out", "approve", "checked_out", KEPT, "closing"),
        ("in", "approve", "out_review", KEPT, "closing"),
        ("out", "approve", "in_review", GONE, "ended"),
        ("in", "refuse", "rejected", KEPT, "active")]),
    "Tianshui to Jiuquan without": (JIUQUAN, [
        ("out", "approve", "checked_out", KEPT, "closing"),
        ("in", "approve", "out_review", KEPT, "closing"),
        ("out", "approve", "in_review", {TIANSHUI: ("spend_only", *HERE)}, "ended"),
        ("in", "approve", "completed", {TIANSHUI: ("spend_only", *HERE), JIUQUAN: ("active", *THERE)}, "ended")]),
}


@pytest.fixture(scope="module")
def staff(new_token):
    desks = {code: new_token("staff", roles=["reviewer"], regions=[code]) for code in (TIANSHUI, GUANGZHOU, JIUQUAN)}
    return types.SimpleNamespace(operator=new_token("staff", roles=["operator"], regions=["000000"]), desks=desks)


@pytest.fixture
def person(api, sql, staff, new_token):
    """57 yuan saved, and three years of contributions at Tianshui until last month."""
    made = transfers.somebody(api, sql, staff.operator, new_token, balance_fen=5000, started_on="2023-01-01")
    money.post(sql, made.account_id, [money.adjust(700, "carried_over")])
    last = NEW_JOB - datetime.timedelta(days=1)
    coverage.store(sql, made.person_id, months("2023-01", f"{last:%Y-%m}"))
    return made


def balances(api, person):
    rows = api.get(f"/v1/people/{person.person_id}/accounts", by=person).json()["data"]
    shown = {row["region_code"]: (row["status"], api.get(f"/v1/accounts/{row['account_id']}/balance", by=person).json()) for row in rows}
    return {code: (status, b["current_year_fen"], b["carried_over_fen"]) for code, (status, b) in shown.items()}


def summary(api, person, on):
    answer = api.get(f"/v1/people/{person.person_id}/contributions/summary", by=person, params={"on": on, "scheme": "employee"}).json()
    (section,) = answer["schemes"]
    return section["region_code"], section["months_counted"], section["gaps"], answer["benefits"]["status"]


@pytest.mark.parametrize("story", STORIES)
def test_story(api, sql, staff, person, story):
    to_pool, steps = STORIES[story]
    transfers.enrol(sql, person.person_id, to_pool, status="pending_in", started_on=NEW_JOB)
    steps = [(*step[:3], {to_pool: ("spend_only", 0, 0), **step[3]}, step[4]) for step in steps]
    before = summary(api, person, NEW_JOB)
    transfer_id = transfers.applied(api, person, to_pool)["transfer_id"]
    for kind in DOCUMENTS:
        moving.hand_in(sql, person, transfer_id, kind)
    for desk, decision, state, accounts, enrolled in steps:
        shown = moving.step(api, transfer_id, desk, staff.desks[TIANSHUI if desk == "out" else to_pool], decision)
        assert shown["state"] == state
        assert balances(api, person) == accounts, state
        assert transfers.enrolment(sql, person) == enrolled, state
        seen = transfers.get(api, person, transfer_id).json()
        assert seen["state"] == state and (seen["due_on"] is None) == (state in ("completed", "rejected"))
        region, months_counted, gaps, status = summary(api, person, NEW_JOB)
        assert (months_counted, gaps, status) == before[1:], f"{state}: nothing is lost or counted twice"
    assert region == (to_pool if state == "completed" else before[0]), "whose rules hold"
    rows = api.get(f"/v1/people/{person.person_id}/enrolments", by=person).json()["data"]
    days = {row["region_code"]: (row["started_on"], row["ended_on"]) for row in rows}
    assert days == {to_pool: (NEW_JOB.isoformat(), None), TIANSHUI: ("2023-01-01", LAST_DAY if state == "completed" else None)}
    told = transfers.timeline(api, person, transfer_id).json()["data"]
    assert len(told) == len(steps) + 1
    if state == "rejected":
        assert "查无参保记录" in str(told), "the person reads why"


def test_months_paid_in_both_cities_count_once(api, sql, staff, person):
    """The old employer has paid this month, and so has the new one: it counts once, before and after; next month is the new pool's."""
    transfers.enrol(sql, person.person_id, GUANGZHOU, status="pending_in", started_on=NEW_JOB)
    both = f"{NEW_JOB:%Y-%m}"
    coverage.store(sql, person.person_id, [*months(both, both, document="OLD"), *months(both, both, pool_code=GUANGZHOU, document="NEW")])
    before = summary(api, person, TODAY)
    transfer_id = transfers.applied(api, person)["transfer_id"]
    for kind in DOCUMENTS:
        moving.hand_in(sql, person, transfer_id, kind)
    for desk in ("out", "in", "out", "in"):
        shown = moving.step(api, transfer_id, desk, staff.desks[TIANSHUI if desk == "out" else GUANGZHOU])
    after = summary(api, person, TODAY)
    assert before[1:] == after[1:] and (before[0], after[0]) == (TIANSHUI, GUANGZHOU)
    assert shown["months_moved"] == before[1], "the form has this month too: it was paid to Tianshui"
    following = f"{NEXT_MONTH:%Y-%m}"
    coverage.store(sql, person.person_id, months(following, following, pool_code=GUANGZHOU, document="NEXT"))
    assert summary(api, person, NEXT_MONTH)[:3] == (GUANGZHOU, before[1] + 1, before[2])


def test_who_has_not_handed_in_everything_waits(api, sql, staff, person):
    transfer_id = transfers.applied(api, person)["transfer_id"]
    check_problem(moving.decide(api, transfer_id, "out", staff.desks[TIANSHUI]), 409, "documents_missing")
    for kind in DOCUMENTS:
        moving.hand_in(sql, person, transfer_id, kind)
    assert moving.step(api, transfer_id, "out", staff.desks[TIANSHUI])["state"] == "checked_out"


def test_contributions_while_the_money_is_in_transit(api, sql, staff, person):
    """The new pool's account is there already: what the new employer pays goes there, and stays beside what arrives."""
    transfers.enrol(sql, person.person_id, GUANGZHOU, status="pending_in", started_on=NEW_JOB)
    account_id = transfers.open_account(sql, person.person_id, GUANGZHOU, "spend_only")
    transfer_id = transfers.applied(api, person)["transfer_id"]
    for kind in DOCUMENTS:
        moving.hand_in(sql, person, transfer_id, kind)
    for desk in ("out", "in", "out"):
        moving.step(api, transfer_id, desk, staff.desks[TIANSHUI if desk == "out" else GUANGZHOU])
    money.post(sql, account_id, [money.adjust(124)])
    assert balances(api, person) == {**GONE, GUANGZHOU: ("spend_only", 124, 0)}
    moving.step(api, transfer_id, "in", staff.desks[GUANGZHOU])
    assert balances(api, person) == {**GONE, GUANGZHOU: ("active", 5124, 700)}


def test_who_retires_on_the_way_stays_and_withdraws(api, sql, staff, person):
    """The retirement is recorded between the check and the day on which the old region would let go."""
    transfer_id = transfers.applied(api, person)["transfer_id"]
    for kind in DOCUMENTS:
        moving.hand_in(sql, person, transfer_id, kind)
    for desk in ("out", "in"):
        moving.step(api, transfer_id, desk, staff.desks[TIANSHUI if desk == "out" else GUANGZHOU])
    sql.execute("UPDATE enrolment SET retired_on = %s WHERE person_key = %s", [TODAY, money.key_of(person.person_id)])
    problem = check_problem(moving.decide(api, transfer_id, "out", staff.desks[TIANSHUI]), 409, "retired_stays")
    assert "resettled_retiree" in problem["detail"]
    assert moving.step(api, transfer_id, "out", staff.desks[TIANSHUI], "refuse")["state"] == "rejected"
    assert balances(api, person) == KEPT and transfers.enrolment(sql, person) == "active"
    answer = api.get(f"/v1/accounts/{person.account_id}/withdrawal-eligibility", by=person, params={"reason": "resettled_retiree"})
    assert [one["may_apply"] for one in answer.json()["reasons"]] == [True]
