"""Random pensioners, plans, runs and recomputations, done by the functions of the jobs and told to the model, side by side."""
# SPDX-License-Identifier: Apache-2.0
import datetime

from tests.db import credit_books, credit_facts
from tests.db.credit_facts import first_day, month, month_of
from tests.db.credit_lives import Lives

REGIONS = ("620500", "620900", "310000", "620000", "620000", "000000", "000000")
LEVELS = ("620500", "620900", "620000", "310000", "310000", "000000")
PLANS = ("basic", "basic", "basic", "extra")


class World(Lives):
    """A few people, what they are credited by which plans, and the model of it all."""

    def __init__(self, connection, seed, people=9):
        super().__init__(connection, seed)
        connection.execute("TRUNCATE credit_policy, credit_policy_tier, credit_policy_deduction, interest_rule")
        for _ in range(4):
            self.new_version()
        for _ in range(people):
            self.add_person()

    # ── plans ──

    def new_version(self):
        """Drafted and activated at once, from a month on that may be long past."""
        random_ = self.random
        region, plan = random_.choice(LEVELS), random_.choice(PLANS)
        if region == "310000" and self.chance(0.8):
            posting_month = random_.choice((1, 7, 12))
        else:
            posting_month = random_.choice((None, None, None, None, None, 6))
        kind = random_.choice(("fixed", "fixed", "ratio"))
        one = credit_facts.Policy(
            region, plan, 1 + sum((policy.region, policy.plan) == (region, plan) for policy in self.model.policies),
            month_of(self.today) + random_.randint(-16, 3) if self.model.policies else month(2022, 1),
            {floor: random_.choice((0, 1, 7000, 10000, 12345, 168000) if kind == "fixed" else (1, 250, 280, 333))
             for floor in random_.choice(((0,), (0, 70), (60, 75), (0, 65, 80)))},
            kind, random_.choice((None, 370000, 701033, 757001)) if kind == "ratio" else None, posting_month,
            posting_month is not None and self.chance(0.6), random_.choice(("credit_month", "year_start", "insurance_year_start")),
            random_.choice((0, 0, 300, 2500)), random_.choice(("half_up", "down")))
        self.model.policies.append(one)
        plan = credit_books.Plan(
            region, one.tiers, plan, one.version, first_day(one.effective_from), kind, posting_month, one.is_pro_rated, one.age_basis,
            one.base, one.deduction, one.rounding)
        plan.insert(self.connection)

    def tick(self):
        self.today += datetime.timedelta(self.random.choice((1, 20, 31, 31, 31, 62, 200)))

    # ── jobs ──

    def ask(self, region, asked):
        """A run that was asked for: (job, versions pinned), or None where there is nothing to do."""
        status, job_id = self.ask_run(region, first_day(asked))
        plans = self.model.plans(region, asked)
        if asked > month_of(self.today):
            plans = {}
        assert status == "created" or not plans, (region, asked)
        return (job_id, plans) if plans else None

    def some_month(self):
        return month_of(self.today) - self.random.choice((0, 0, 0, 1, 1, 2, 5, 12, 18))

    def runs(self):
        """One run, or two that overlap: each is checked, then something happens, then each is posted."""
        asked = self.some_month()
        mine = []
        for _ in range(self.random.choice((1, 1, 2))):
            job = self.ask(self.random.choice(REGIONS), asked)
            if job:
                mine.append((*job, asked))
            asked = asked if self.chance(0.6) else self.some_month()
        waiting = [one for one in mine if self.checked(*one)]
        if waiting and self.chance(0.3):
            self.something(self.random.choice(("tick", "moves", "dies", "freezes", "retires", "new_version")))
        self.random.shuffle(waiting)
        for job_id, plans, asked in waiting:
            self.post(job_id)
            self.compare_run(job_id, "posting", *self.model.run(plans, asked, self.today))

    def checked(self, job_id, plans, asked):
        outcome = self.work(job_id)
        skipped, sums = self.model.run(plans, asked)
        self.compare_run(job_id, "checking", skipped, sums)
        assert outcome == ("awaiting_approval" if sums else "done")
        return bool(sums)

    def compare_run(self, job_id, phase, skipped, sums):
        found = dict(self.connection.execute(
            "SELECT reason, sum(people)::int FROM credit_run_skip WHERE job_id = %s AND phase = %s AND people > 0 GROUP BY 1",
            [job_id, phase]).fetchall())
        assert found == dict(skipped), (job_id, phase)
        found = {row[:2]: row[2:] for row in self.connection.execute(
            "SELECT pool_code, plan_code, sum(people)::int, sum(gross_fen)::bigint, sum(deduction_fen)::bigint FROM credit_run_tier"
            " WHERE job_id = %s AND phase = %s GROUP BY 1, 2", [job_id, phase])}
        assert found == sums, (job_id, phase)
        self.seen |= {*skipped, *(["posted"] if sums else [])}

    def recomputes(self):
        region, plan = self.random.choice(REGIONS), self.random.choice((None, None, *PLANS))
        last = month_of(self.today) - self.random.choice((0, 0, 1, 6))
        self.recompute(region, plan, last - self.random.choice((0, 3, 12, 24)), last)

    def recompute(self, region, plan, first, last):
        job_id = self.ask_recomputation(region, first_day(first), first_day(last), plan)
        outcome = self.work(job_id)
        found, passed = self.model.differences(region, plan, first, last, self.today)
        self.compare_differences(job_id, {key: (one.status, *one.credited, *one.due) for key, one in found.items()}, passed)
        is_due = any(one.status == "due" for one in found.values())
        assert outcome == ("awaiting_approval" if is_due else "done")
        if not is_due:
            return
        self.about = self.random.choice([key[0] for key, one in sorted(found.items(), key=lambda item: item[0]) if one.status == "due"])
        for _ in range(self.random.choice((0, 0, 4))):
            self.something(self.random.choice(("tick", "moves", "dies", "freezes", "spends", "new_version", "is_born_again")))
        self.about = None
        self.post(job_id)
        told = self.model.recompute(found, self.today)
        self.compare_differences(job_id, {key: (told.get(key, (one.status,))[0], *one.credited, *one.due) for key, one in found.items()},
                                 passed)
        self.seen |= {"recomputed " + status for status, _ in told.values()} | {"owed" for _, fen in told.values() if fen}

    def compare_differences(self, job_id, wanted, passed):
        found = {(row[0], row[1], month_of(row[2]), row[3]): row[4:] for row in self.connection.execute(
            "SELECT person_key, pool_code, period_start, plan_code, status, credited_gross_fen, credited_deduction_fen, due_gross_fen,"
            " due_deduction_fen FROM credit_difference WHERE job_id = %s", [job_id])}
        assert found == wanted, job_id
        found = dict(self.connection.execute(
            "SELECT reason, sum(people)::int FROM credit_run_skip WHERE job_id = %s AND phase = 'checking' GROUP BY 1",
            [job_id]).fetchall())
        assert found == dict(passed), job_id

    def something(self, what):
        getattr(self, what)()

    # ── in the end ──

    def compare_all(self):
        """Every credit, balance and debt."""
        found = {tuple(row[:4]): tuple(row[4:]) for row in self.connection.execute(
            "SELECT DISTINCT ON (1, 2, 3, 4) person_key, period_start, plan_code, pool_code, total_gross_fen, total_deduction_fen"
            " FROM pensioner_credit ORDER BY 1, 2, 3, 4, revision DESC")}
        wanted = {(key, first_day(start), plan, pool): (paid.gross, paid.deduction)
                  for key, person in self.model.people.items()
                  for (start, plan), period in person.credits.items() for pool, paid in period.pools.items()}
        assert found == wanted, sorted(set(found.items()) ^ set(wanted.items()))
        found = {tuple(row[:2]): tuple(row[2:]) for row in self.connection.execute(
            "SELECT person_key, pool_code, status, current_year_fen, carried_over_fen, coalesce((SELECT sum(amount_fen) FROM receivable"
            " WHERE receivable.account_id = account.account_id AND state <> 'moved'), 0)::bigint FROM account")}
        wanted = {(key, pool): (one.status, *one.parts.values(), one.owed)
                  for key, person in self.model.people.items() for pool, one in person.accounts.items()}
        assert found == wanted, sorted(set(found.items()) ^ set(wanted.items()))
