"""24 months by the test clock, in steps of one month and in random ones, with every run over HTTP: the same credits and balances."""
# SPDX-License-Identifier: Apache-2.0
import random

import psycopg
import pytest
from tests.harness import pensioners, proposals
from tests.harness.database import BINARY, Database
from tests.harness.server import wait_until

POOL = "620300"
RUNS = "/v1/admin/credit-runs"
MONTHS = [f"{year}-{month:02d}" for year in (2041, 2042) for month in range(1, 13)]
PEOPLE = (
    {"born": "1971-10-31", "retired_on": "2020-05-10"},  # 70 on the last day of October 2041
    {"born": "1972-02-29", "retired_on": "2020-05-10"},  # 70 on 1 March 2042
    {"born": "1975-07-01", "retired_on": "2041-06-30"},  # from July 2041 on
    {"born": "1969-01-01", "retired_on": "2020-05-10", "deceased_on": "2042-02-10"},  # until February 2042
    {"born": "1980-01-01", "retired_on": None},
)
CREDITS = """
SELECT plan_code, period_start::text, gross_fen, deduction_fen, age_years, months FROM pensioner_credit
 WHERE person_key = %s ORDER BY plan_code, period_start
"""
BALANCE = "SELECT current_year_fen + carried_over_fen FROM account WHERE person_key = %s"


def one_by_one():
    return [1] * len(MONTHS)


def at_random():
    source, steps = random.Random(5), []
    while sum(steps) < len(MONTHS):
        steps.append(min(source.randint(1, 7), len(MONTHS) - sum(steps)))
    return steps


def run_month(api, operator, reviewer, month):
    made = api.post(RUNS, by=operator, json={"region_code": POOL, "month": month, "reason": "返款"})
    assert made.status_code == 202, made.text
    path = f"{RUNS}/{made.json()['job_id']}"

    def when(*states):
        return wait_until(lambda: next((run for run in [api.get(path, by=operator).json()] if run["state"] in states), None),
                          f"the run of {month}: {states}", pause_s=0.02)

    run = when("awaiting_approval", "done")
    if run["state"] == "awaiting_approval":
        proposals.approve(api, run["proposal_id"], reviewer)
        when("done")


def enter(api, books, operator):
    plans = {"monthly": pensioners.Plan(POOL, {0: 10_000, 70: 11_000}, "clock_monthly", deduction_fen=300),
             "yearly": pensioners.Plan(POOL, {0: 168_000, 70: 189_000}, "clock_yearly", posting_month=7, is_pro_rated=True,
                                       age_basis="insurance_year_start")}
    for plan in plans.values():
        plan.insert(books)
    for person in PEOPLE:
        one = pensioners.somebody(api, books, operator, POOL, born=person["born"], retired_on=person["retired_on"])
        if "deceased_on" in person:
            books.execute("UPDATE person SET deceased_on = %s WHERE person_key = %s", [person["deceased_on"], one.key])
        yield one


def lived(steps, database, servers, client_of):
    """What everybody was credited and has, after the clock has gone so many months at a time."""
    demo, month = database.demo, 0
    operator, reviewer, officer = demo.staff("operator"), demo.staff("reviewer"), demo.staff("security")
    with servers.on(database) as own, psycopg.connect(database.url, autocommit=True) as books:
        api = client_of(own({"YIBAO_REACTORS": "1"}))
        people = list(enter(api, books, operator))
        for step in steps:
            to = f"{MONTHS[month + step - 1]}-15T10:00:00+08:00"
            assert api.post("/v1/test-clock", by=officer, json={"to": to}).status_code == 200
            for each in MONTHS[month:month + step]:
                run_month(api, operator, reviewer, each)
            month += step
        database.run(BINARY, "audit")
        return [(books.execute(CREDITS, [one.key]).fetchall(), books.execute(BALANCE, [one.key]).fetchone()[0]) for one in people]


@pytest.fixture(scope="module")
def make_database(cluster, tmp_path_factory):
    return lambda name: Database(cluster, name, tmp_path_factory.mktemp(name))


def of(found, plan):
    return [row[1:] for row in found[0] if row[0] == plan]


def test_24_months_in_any_steps(make_database, servers, client_of):
    monthly = lived(one_by_one(), make_database("clock_monthly"), servers, client_of)
    assert monthly == lived(at_random(), make_database("clock_random"), servers, client_of)

    turns_70, leap, late, dead, working = monthly
    assert [row[1] for row in of(turns_70, "clock_monthly")] == [10_000] * 9 + [11_000] * 15
    assert [row[1] for row in of(leap, "clock_monthly")] == [10_000] * 14 + [11_000] * 10
    assert [row[0] for row in of(late, "clock_monthly")] == [f"{month}-01" for month in MONTHS[6:]]
    assert [row[0] for row in of(dead, "clock_monthly")] == [f"{month}-01" for month in MONTHS[:14]]
    assert of(late, "clock_yearly") == [("2041-01-01", 84_000, 0, 66, 6), ("2042-01-01", 168_000, 0, 67, 12)]
    assert [row[0] for row in of(dead, "clock_yearly")] == ["2041-01-01"]
    assert working == ([], 0)
    for credits, balance in monthly:
        assert balance == sum(gross - deduction for _, _, gross, deduction, _, _ in credits)
