"""Monthly credit runs under SIGKILL of server, worker and PostgreSQL: afterwards everybody entitled has each credit exactly once."""
# SPDX-License-Identifier: Apache-2.0
import collections
import random
import threading
import time

import httpx
import psycopg
from tests.faults.figures import Figures
from tests.faults.world import POOL, World
from tests.harness.database import BINARY
from tests.harness.server import Server, free_port, wait_until

PEOPLE = 4000  # several slices of the check and of the posting
RUNS = "/v1/admin/credit-runs"
MONTHS = [f"{year}-{month:02d}" for year in range(2023, 2026) for month in range(1, 13)]
PATIENCE_S = 120
ENTER = """
UPDATE enrolment SET retired_on = '2022-06-15' WHERE person_key % 20 > 0;
INSERT INTO credit_policy (policy_id, region_code, plan_code, version, effective_from, plan_kind, period, is_pro_rated, age_basis,
                           rounding, legal_basis, source, created_at, activated_at)
VALUES ('01900000-0000-7000-8000-000000000001', '620500', 'basic', 1, '2020-01-01', 'fixed', 'month', false, 'credit_month', 'half_up',
        'faults', 'faults', '2020-01-01', '2020-01-01');
INSERT INTO credit_policy_tier (policy_id, min_age, amount_fen)
VALUES ('01900000-0000-7000-8000-000000000001', 0, 10000), ('01900000-0000-7000-8000-000000000001', 50, 11000);
INSERT INTO credit_policy_deduction (policy_id, kind, amount_fen) VALUES ('01900000-0000-7000-8000-000000000001', 'critical_illness', 300);
ANALYZE;
"""
# Of each month that a run was over for: who has no credit, and who has something else than one of what is due to that age.
WRONG = """
WITH month AS (
    SELECT DISTINCT r.from_month FROM credit_run AS r JOIN job USING (job_id) WHERE job.state = 'done'
), due AS (
    SELECT month.from_month, account.person_key,
           CASE WHEN person.birth_date + interval '50 years' < month.from_month + interval '1 month' THEN 11000
                ELSE 10000 END AS gross_fen
      FROM month, account JOIN enrolment USING (person_key) JOIN person USING (person_key)
     WHERE enrolment.retired_on IS NOT NULL
)
SELECT coalesce(sum(CASE WHEN credits = 0 THEN 1 ELSE 0 END), 0), coalesce(sum(greatest(credits - 1, 0)), 0),
       count(*) FILTER (WHERE right_credits <> 1), count(*)
  FROM (SELECT count(credit.person_key) AS credits,
               count(credit.person_key) FILTER (WHERE credit.gross_fen = due.gross_fen AND credit.deduction_fen = 300) AS right_credits
          FROM due LEFT JOIN pensioner_credit AS credit ON credit.person_key = due.person_key AND credit.period_start = due.from_month
         GROUP BY due.from_month, due.person_key) AS each
"""
# The credits of whom WRONG counted, for whoever has to find out why.
ODD = """
SELECT credit.person_key, person.birth_date::text, credit.period_start::text, plan_code, revision, age_on::text, age_years, min_age, gross_fen,
       deduction_fen, credit.months, credit.birth_date::text, credit.first_month::text, credit.last_month::text, credit.posted_at::text
  FROM pensioner_credit AS credit JOIN person USING (person_key)
 WHERE deduction_fen <> 300
    OR gross_fen <> CASE WHEN person.birth_date + interval '50 years' < period_start + interval '1 month' THEN 11000 ELSE 10000 END
 LIMIT 10
"""
# Credits, entries, what runs say of themselves, and what accounts have more than their opening balance: all the same.
SUMS = """
SELECT (SELECT sum(gross_fen - deduction_fen) FROM pensioner_credit),
       (SELECT sum(CASE direction WHEN 'credit' THEN amount_fen ELSE -amount_fen END) FROM ledger_entry
         WHERE kind IN ('pensioner_credit', 'credit_deduction')),
       (SELECT sum(gross_fen - deduction_fen) FROM credit_run_tier WHERE phase = 'posting'),
       (SELECT sum(current_year_fen + carried_over_fen) FROM account)
       - (SELECT sum(current_year_fen + carried_over_fen) FROM opening_balance)
"""


class Clerk(threading.Thread):
    """Asks for runs month after month, sometimes two that overlap, and has them approved, whatever answers come."""

    def __init__(self, storm):
        super().__init__(name="clerk", daemon=True)
        self.storm, self.rng = storm, random.Random(storm.seed)
        self.months, self.open = collections.deque(MONTHS), set()
        self.count, self.seen = collections.Counter(), collections.Counter()
        self.closing, self.error = threading.Event(), None

    def run(self):
        try:
            while not (self.closing.is_set() and not self.open):
                if not self.open and not self.closing.is_set():
                    self._next_month()
                for job_id in list(self.open):
                    self._look_after(job_id)
                time.sleep(0.02)
        except BaseException as error:  # told by the storm
            self.error = error

    def _next_month(self):
        month = self.months[0]
        self.months.rotate(-1)
        for region in (POOL, "620000") if self.rng.random() < 0.3 else (POOL,):
            made = self._ask("operator", "POST", RUNS, json={"region_code": region, "month": month, "reason": "faults"})
            if made is not None and made.status_code == 202:
                self.open.add(made.json()["job_id"])

    def _look_after(self, job_id):
        run = self._ask("operator", "GET", f"{RUNS}/{job_id}")
        if run is None or run.status_code != 200:
            return
        run = run.json()
        assert run["state"] != "failed", run
        if run["state"] == "awaiting_approval":
            self._ask("reviewer", "POST", f"/v1/admin/proposals/{run['proposal_id']}/approve")
        elif run["state"] == "done":
            self.open.discard(job_id)

    def _ask(self, role, method, path, **body):
        """None: no answer, and what was asked for may have been done."""
        self.count["requests"] += 1
        headers = {"Authorization": f"Bearer {self.storm.tokens[role]}"}
        try:
            answer = httpx.request(method, f"http://127.0.0.1:{self.storm.port}{path}", headers=headers, timeout=30, **body)
        except httpx.TransportError:
            self.count["unknown"] += 1
            return None
        code = answer.json().get("code", "") if answer.status_code >= 400 else ""
        self.seen[f"{answer.status_code} {code}".strip()] += 1
        # One that was decided by an attempt whose answer never came may still look open to the next.
        assert answer.status_code in (200, 202, 503) or code in ("conflict", "already_decided"), answer.text
        return answer


class RunStorm:
    """One server that works too, one worker, and their PostgreSQL."""

    def __init__(self, world, seed):
        self.world, self.seed, self.rng = world, seed, random.Random(f"{seed} credit runs")
        self.port, self.processes, self.starts = free_port(), {}, 0
        self.tokens = {role: world.run("token", "create", "--kind", "staff", "--role", role, "--region", "000000").strip()
                       for role in ("operator", "reviewer")}
        self.harm, self.ready_s = collections.Counter(), []

    def start(self, command):
        began = time.monotonic()
        path = self.world.directory / f"server-credit-runs-{command}.log"
        process = self.processes[command] = Server(BINARY, self.world.environment, path, self.port if command == "serve" else None, command)
        wait_until(lambda: process.ready_status() == 200, f"{command} (seed {self.seed}); log {path}", PATIENCE_S, 0.005)
        self.ready_s.append(time.monotonic() - began)

    def kill(self, command):
        self.processes[command].process.kill()
        self.processes[command].process.wait()

    def sql(self, statement):
        with self.world.sql() as connection:
            return connection.execute(statement).fetchall()

    def amid_a_run(self, clerk):
        """A moment of the seed's choosing while a slice may be under way."""
        def is_running():
            assert clerk.error is None, f"seed {self.seed}: {clerk.error!r}"
            try:
                return self.sql("SELECT FROM job WHERE state = 'running'")
            except psycopg.Error:
                return False

        wait_until(is_running, f"a run (seed {self.seed})", PATIENCE_S, 0.005)
        time.sleep(self.rng.uniform(0, 0.3))

    def harm_once(self, what):
        if what == "PostgreSQL":
            self.world.postgres.kill()
            self.world.postgres.start()
        else:
            self.kill({"server": "serve", "worker": "work"}[what])
            self.start({"server": "serve", "worker": "work"}[what])
        self.harm[f"{what} killed"] += 1
        # As when its time is over, also where the other one has it: then that one loses it, and commits nothing more.
        self.sql("UPDATE job SET lease_until = now() - interval '1 s' WHERE state = 'running' RETURNING 1")

    def stop(self):
        for process in self.processes.values():
            if process.process.poll() is None:
                process.process.kill()
                process.process.wait()


def settle(storm, clerk):
    """Also the runs whose acceptance never came back."""
    clerk.open.update(str(job_id) for (job_id,) in storm.sql(
        "SELECT job_id FROM job WHERE kind = 'credit_run' AND state NOT IN ('done', 'cancelled')"))
    clerk.closing.set()
    clerk.join(PATIENCE_S)
    assert clerk.error is None and not clerk.is_alive(), f"seed {storm.seed}: {clerk.error!r}, open: {clerk.open}"
    assert storm.sql("SELECT count(*) FROM job WHERE kind = 'credit_run' AND state <> 'done'") == [(0,)], f"seed {storm.seed}"


def credit_runs_killed(directory, seed, rounds):
    with World(directory, accounts=PEOPLE) as world:
        with world.sql() as sql:
            sql.execute(ENTER)
        storm = RunStorm(world, seed)
        clerk = Clerk(storm)
        try:
            storm.start("serve")
            storm.start("work")
            clerk.start()
            for number in range(rounds):
                storm.amid_a_run(clerk)
                storm.harm_once(("server", "worker", "PostgreSQL")[number % 3])
            settle(storm, clerk)
            return judge(storm, clerk)
        finally:
            storm.stop()


def check_logs(storm):
    for path in storm.world.directory.glob("server-*.log"):
        text = path.read_text(encoding="utf-8", errors="replace")
        for word in ("Sanitizer", "runtime error", "Assertion", "statement_failed", "job_failed", *storm.tokens.values()):
            assert word not in text, f"{path.name}, seed {storm.seed}: {word}"


def judge(storm, clerk):
    [(lost, doubled, wrong, credits)] = storm.sql(WRONG)
    assert (lost, doubled, wrong) == (0, 0, 0), f"seed {storm.seed}: {lost} lost, {doubled} doubled, {wrong} wrong of {credits}: {storm.sql(ODD)}"
    [sums] = storm.sql(SUMS)
    assert len(set(sums)) == 1 and sums[0] > 0, f"seed {storm.seed}: credits, entries, runs, balances: {sums}"
    assert storm.sql("SELECT count(*) FROM pensioner_credit") == [(credits,)], "somebody who is not entitled has one"
    storm.world.run("audit")
    check_logs(storm)
    return Figures(harm=dict(storm.harm), count={**clerk.count, "acknowledged": credits}, seen=dict(clerk.seen), ready_s=storm.ready_s[2:])
