"""Random pensioners, plans, runs and recomputations, done by the functions of the jobs and told to the model, side by side."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import random
import uuid

from tests.db import credit_books, credit_facts, credit_model
from tests.db.credit_desk import Desk
from tests.db.credit_facts import first_day, month, month_of
from tests.db.interesting import at
from tests.db.posting import Account, debit, make_id, statuses

START = datetime.date(2024, 5, 10)
REGIONS = ("620500", "620900", "310000", "620000", "620000", "000000", "000000")
LEVELS = ("620500", "620900", "620000", "310000", "310000", "000000")
PLANS = ("basic", "basic", "basic", "extra")


class World(Desk):
    """A few people on a migrated database, and the model of them."""

    def __init__(self, connection, seed, people=9):
        super().__init__(connection, START)
        self.random, self.model, self.accounts, self.seen = random.Random(seed), credit_model.Model(), {}, set()
        connection.execute("TRUNCATE credit_policy, credit_policy_tier, credit_policy_deduction")
        for _ in range(4):
            self.new_version()
        for _ in range(people):
            self.add_person()

    def chance(self, probability):
        return self.random.random() < probability

    def some_day(self, first, last):
        return first + datetime.timedelta(self.random.randint(0, (last - first).days))

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

    # ── people ──

    def add_person(self):
        pool = self.random.choice(list(credit_facts.POOLS))
        born = self.some_day(datetime.date(1940, 1, 1), datetime.date(1966, 12, 31))
        if self.chance(0.2):
            born = datetime.date(self.random.choice((1944, 1952, 1956)), 2, 29)
        account = Account(pool_code=pool).insert_owner(self.connection)
        self.connection.execute("UPDATE person SET birth_date = %s WHERE person_key = %s", [born, account.person_key])
        self.model.people[account.person_key] = credit_facts.Person(born)
        self.accounts[account.person_key] = {}
        self.enrol(account.person_key, account.person_id, pool, datetime.date(2000, 1, 1) + datetime.timedelta(self.random.randint(0, 900)),
                   self.some_day(datetime.date(2020, 1, 1), datetime.date(2025, 6, 30)) if self.chance(0.8) else None)

    def enrol(self, key, person_id, pool, started, retired, mode="with_account"):
        person = self.model.people[key]
        if pool not in person.accounts:
            account = self.accounts[key][pool] = Account(key, pool)
            account.person_id = person_id
            account.insert(self.connection)
            person.accounts[pool] = credit_facts.Account(pool)
        one = credit_facts.Enrolment(pool, started, retired, mode=mode)
        made = credit_books.enrol(self.connection, self.accounts[key][pool], started_on=started, retired_on=retired, account_mode=mode)
        one.enrolment_id, one.order = made, made.int
        person.enrolments.append(one)

    def someone(self):
        return self.random.choice(list(self.model.people.items()))

    def change(self, key, one, **values):
        """An enrolment's row and its model."""
        names = {"status": "status", "ended": "ended_on", "retired": "retired_on", "mode": "account_mode"}
        sets = ", ".join(f"{names[name]} = %s" for name in values)
        self.connection.execute(f"UPDATE enrolment SET {sets} WHERE person_key = %s AND enrolment_id = %s",
                                [*values.values(), key, one.enrolment_id])
        for name, value in values.items():
            setattr(one, name, value)

    def set_status(self, key, pool, status):
        self.connection.execute("UPDATE account SET status = %s, version = version + 1 WHERE person_key = %s AND pool_code = %s",
                                [status, key, pool])
        self.model.people[key].accounts[pool].status = status

    def moves(self):
        """To another pool, today or long ago, as it is told late; retirement goes along."""
        key, person = self.someone()
        old = person.enrolments[-1]
        pool = self.random.choice([pool for pool in credit_facts.POOLS if pool != old.pool])
        day = self.today - datetime.timedelta(self.random.choice((0, 20, 100, 300)))
        if old.ended or person.died or day <= old.started or any(one.started >= day for one in person.enrolments):
            return
        if old.retired and old.retired >= day:
            return
        self.change(key, old, status="ended", ended=max(old.started, day - datetime.timedelta(self.random.choice((0, 1, 40)))))
        if person.accounts[old.pool].status == "active":
            self.set_status(key, old.pool, "spend_only")
        self.enrol(key, self.accounts[key][old.pool].person_id, pool, day, day if old.retired else None)

    def retires(self):
        """Or retired long ago, as it is told late; or on another day than was told first."""
        key, person = self.someone()
        one = person.enrolments[-1]
        day = self.today - datetime.timedelta(self.random.choice((0, 30, 90, 400)))
        if not one.ended and day >= one.started:
            self.change(key, one, retired=None if self.chance(0.1) else day)

    def changes_enrolment(self):
        key, person = self.someone()
        one = person.enrolments[-1]
        if one.ended:
            return
        if self.chance(0.5):
            self.change(key, one, status="active" if one.status != "active" else self.random.choice(("suspended", "closing")))
        else:
            self.change(key, one, mode="pooled_only" if one.mode == "with_account" else "with_account")

    def dies(self):
        """Or died long ago; or did not."""
        key, person = self.someone()
        died = None if person.died else self.today - datetime.timedelta(self.random.choice((0, 40, 200)))
        self.connection.execute("UPDATE person SET deceased_on = %s WHERE person_key = %s", [died, key])
        person.died = died
        for pool, account in person.accounts.items():
            if died and account.status not in ("closed", "deceased"):
                self.set_status(key, pool, "deceased")
            if not died and account.status == "deceased":
                self.set_status(key, pool, "spend_only")

    def is_born_again(self):
        """A birth date is corrected, which somebody approves."""
        key, person = self.someone()
        person.born = max(datetime.date(1900, 1, 1), person.born + datetime.timedelta(self.random.choice((-400, -30, -1, 1, 365))))
        self.connection.execute("UPDATE person SET birth_date = %s WHERE person_key = %s", [person.born, key])
        self.connection.execute(
            "INSERT INTO proposal (proposal_id, kind, person_key, object_id, payload, reason, state, proposed_by, proposed_at, decided_by,"
            " decided_at, outcome) VALUES (%s, 'correct_person', %s, %s, '{\"changes\": [{\"field\": \"birth_date\"}]}', 'model', 'approved',"
            " %s, %s, %s, %s, '{}')",
            [make_id(key), key, make_id(key), uuid.uuid4(), at(self.today), uuid.uuid4(), at(self.today)])

    def freezes(self):
        key, person = self.someone()
        pool, account = self.random.choice(list(person.accounts.items()))
        status = self.random.choice(("active", "suspended", "frozen", "spend_only", "closed"))
        if person.died or (status == "closed" and account.balance) or (
                status == "active" and any(one.status == "active" for one in person.accounts.values())):
            return
        self.set_status(key, pool, status)

    def spends(self):
        """All there is, or a part."""
        key, person = self.someone()
        for pool, account in person.accounts.items():
            if account.status == "closed":
                continue
            for part, there in account.parts.items():
                fen = there if self.chance(0.5) else self.random.randint(0, there)
                if fen:
                    spent = debit(self.accounts[key][pool], fen, part=part, business_date=self.today)
                    assert statuses(self.connection, [spent], instant=at(self.today)) == ["posted"], (key, pool, part, fen, account)
                    account.parts[part] -= fen

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

    def recompute(self, region, plan, first, last, is_disturbed=None):
        job_id = self.ask_recomputation(region, first_day(first), first_day(last), plan)
        outcome = self.work(job_id)
        found, passed = self.model.differences(region, plan, first, last, self.today)
        self.compare_differences(job_id, {key: (one.status, *one.credited, *one.due) for key, one in found.items()}, passed)
        is_due = any(one.status == "due" for one in found.values())
        assert outcome == ("awaiting_approval" if is_due else "done")
        if not is_due:
            return
        if self.chance(0.3) if is_disturbed is None else is_disturbed:
            self.something(self.random.choice(("tick", "moves", "dies", "freezes", "spends", "new_version", "is_born_again")))
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
                  for (start, plan, _), period in person.credits.items() for pool, paid in period.pools.items()}
        assert found == wanted, sorted(set(found.items()) ^ set(wanted.items()))
        found = {tuple(row[:2]): tuple(row[2:]) for row in self.connection.execute(
            "SELECT person_key, pool_code, status, current_year_fen, carried_over_fen, coalesce((SELECT sum(amount_fen) FROM receivable"
            " WHERE receivable.account_id = account.account_id), 0)::bigint FROM account")}
        wanted = {(key, pool): (one.status, *one.parts.values(), one.owed)
                  for key, person in self.model.people.items() for pool, one in person.accounts.items()}
        assert found == wanted, sorted(set(found.items()) ^ set(wanted.items()))
