"""24 months in any step sizes: whether business time goes from month to month or jumps, people end up with the same credits.

The same is what each person was credited for each period of a plan by each pool, gross and deduction, and what each account has less what
is owed: day, instant, order and part of the balance of an entry may differ, since money for a month of an account year that is over
is carried over. What becomes known later than a run that it matters to (a death, a late retirement, a base) is put right by a later
run and a recomputation.
"""
# SPDX-License-Identifier: Apache-2.0
import datetime
import os
import random

import pytest

from tests.db import credit_books
from tests.db.conftest import Program
from tests.db.credit_desk import Desk
from tests.db.credit_facts import first_day, last_day, month, month_of
from tests.db.posting import Account

FIRST, MONTHS = month(2024, 3), 24
END = last_day(FIRST + MONTHS - 1)
GANSU, SHANGHAI = "620500", "310000"
SEEDS = int(os.environ.get("YIBAO_STEPS_SEEDS", "1"))
STEPS = {"month by month": (1,), "two years at once": (24,), "quarters": (3,), "uneven": (1, 5, 2, 11, 4, 1)}
BORN = ("1940-02-29", "1949-12-31", "1955-03-31", "1955-04-01", "1950-06-30", "1949-07-01", "1962-10-10", "1960-02-28")


def day(number, of_month=10):
    return first_day(number).replace(day=of_month)


class Life(Desk):
    """The same people with the same ids of their own, whose facts are recorded on the days on which they become known."""

    def __init__(self, connection, seed):
        super().__init__(connection, day(FIRST - 1))
        self.people, self.random, self.done = [], random.Random(seed), FIRST
        connection.execute("TRUNCATE credit_policy, credit_policy_tier, credit_policy_deduction")
        credit_books.Plan("620000", {0: 250, 70: 333}, plan_kind="ratio", base_fen=370055, deduction_fen=300).insert(connection)
        credit_books.Plan(SHANGHAI, {0: 168000, 75: 189000}, posting_month=7, is_pro_rated=True,
                          age_basis="insurance_year_start").insert(connection)
        credit_books.Plan("620000", {0: 1000}, plan_code="winter", posting_month=12).insert(connection)
        self.facts = [(day(FIRST + 12, 5), self.raise_base)]
        for place, born in enumerate(BORN * 2):
            self.add(place, born)
        self.facts.sort(key=lambda fact: fact[0])

    def add(self, place, born):
        pool = SHANGHAI if place % 3 == 0 else GANSU
        retired = day(FIRST + self.random.randint(-30, 20), self.random.randint(1, 28))
        known = max(retired, day(FIRST - 1)) + datetime.timedelta(self.random.choice((0, 0, 100)))
        account = credit_books.pensioner(self.connection, pool, born, None, started_on="2000-01-01")
        self.people.append(account)
        self.facts.append((known, lambda: self.connection.execute(
            "UPDATE enrolment SET retired_on = %s WHERE person_key = %s", [retired, account.person_key])))
        last = FIRST + self.random.randint(4, MONTHS - 1)
        if place % 4 == 1:
            died = day(last, self.random.randint(1, 28))
            self.facts.append((died + datetime.timedelta(self.random.choice((0, 10, 70))), lambda: self.connection.execute(
                "UPDATE person SET deceased_on = %s WHERE person_key = %s", [died, account.person_key])))
        if place % 4 == 2 and max(known, retired) < day(last):
            self.facts.append((day(last, 1), lambda: self.move(account, day(last, 1))))

    def move(self, old, on):
        new = Account(old.person_key, "620900" if old.pool_code == GANSU else GANSU)
        new.person_id = old.person_id
        self.connection.execute("UPDATE enrolment SET status = 'ended', ended_on = %s WHERE person_key = %s", [on, old.person_key])
        self.connection.execute("UPDATE account SET status = 'spend_only' WHERE person_key = %s", [old.person_key])
        credit_books.enrol(self.connection, new.insert(self.connection), started_on=on, retired_on=on)

    def raise_base(self):
        """A year late, and for half a year that was credited by then."""
        credit_books.Plan("620000", {0: 250, 70: 333}, version=2, effective_from=first_day(FIRST + 6), plan_kind="ratio",
                          base_fen=402177, deduction_fen=300).insert(self.connection)

    def run(self, asked):
        for region in ("620000", SHANGHAI):
            status, job_id = self.ask_run(region, first_day(asked))
            assert status == "created"
            self.whole(job_id)

    def go(self, steps):
        """Business time moves on, what is known by then is recorded, and the months that have begun are run in their order."""
        turn = 0
        while self.done < FIRST + MONTHS:
            self.today = day(min(self.done + steps[turn % len(steps)], FIRST + MONTHS) - 1, 25)
            turn += 1
            while self.facts and self.facts[0][0] <= self.today:
                self.facts.pop(0)[1]()
            while self.done <= month_of(self.today):
                self.run(self.done)
                self.done += 1

    def settle(self):
        """What became known too late: whoever was missed, then what differs."""
        self.today = END + datetime.timedelta(90)
        for _, record in self.facts:
            record()
        for asked in range(FIRST, FIRST + MONTHS):
            self.run(asked)
        self.whole(self.ask_recomputation("000000", first_day(FIRST), first_day(FIRST + MONTHS - 1)))

    def books(self):
        places = {account.person_key: place for place, account in enumerate(self.people)}
        credits = self.connection.execute(
            "SELECT DISTINCT ON (1, 2, 3, 4) person_key, period_start, plan_code, pool_code, total_gross_fen, total_deduction_fen"
            " FROM pensioner_credit ORDER BY 1, 2, 3, 4, revision DESC").fetchall()
        accounts = self.connection.execute(
            "SELECT person_key, pool_code, (current_year_fen + carried_over_fen - coalesce((SELECT sum(amount_fen) FROM receivable"
            " WHERE receivable.account_id = account.account_id), 0))::bigint FROM account").fetchall()
        return ({(places[row[0]], *row[1:4]): row[4:] for row in credits if any(row[4:])},
                {(places[row[0]], row[1]): row[2] for row in accounts if row[2]})


def life(cluster, template, seed, steps, name):
    program = Program(cluster.create_database(name, "owner", "migrated"), template)
    with cluster.connect(name) as connection:
        one = Life(connection, seed)
        one.go(steps)
        one.settle()
        books = one.books()
    audited = program.run("audit")
    assert audited.returncode == 0, audited.stdout[-3000:]
    return books


@pytest.mark.parametrize("seed", range(SEEDS))
def test_24_months_in_any_step_sizes_give_the_same_ledger(cluster, template, seed):
    credits, accounts = life(cluster, template, seed, STEPS["month by month"], "steps_0")
    assert len(credits) > 150 and sum(accounts.values()) > 1_000_000
    for place, (name, steps) in enumerate(STEPS.items()):
        if place:
            again = life(cluster, template, seed, steps, f"steps_{place}")
            assert again[0] == credits, (name, sorted(set(again[0].items()) ^ set(credits.items())))
            assert again[1] == accounts, (name, sorted(set(again[1].items()) ^ set(accounts.items())))
