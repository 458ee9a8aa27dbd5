"""A monthly run of pensioner credits: the whole program against one hand-written SQL transaction, and balance reads meanwhile."""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import http.client
import json
import random
import time

import people
from measure import HERE, cpu_s, medians, memory_kib, wrk
from stand import YIBAOD, alive, answers, free_port, wait_until

TEMPLATE, DATABASE = "bench_credits_template", "bench_credits"
CHUNK = 100_000
POOL, TIMED, READ_MEANWHILE = "620500", "2026-10", "2026-09"
RUNS = "/v1/admin/credit-runs"
TOKENS = 10_000
PAUSE_MS = 10  # of each of 64 connections between two reads: some 6,000 reads a second
RUN_LIMIT_S = 3600
# What both must leave.
SUMS = """SELECT count(*), sum(current_year_fen), sum(carried_over_fen), sum(last_seq),
                 (SELECT array_agg((kind, direction, n, fen)::text ORDER BY kind) FROM (
                     SELECT kind, direction, count(*), sum(amount_fen) FROM ledger_entry GROUP BY 1, 2) AS e (kind, direction, n, fen)),
                 (SELECT array_agg((min_age, n, gross, deduction)::text ORDER BY min_age) FROM (
                     SELECT min_age, count(*), sum(gross_fen), sum(total_deduction_fen) FROM pensioner_credit GROUP BY 1)
                     AS c (min_age, n, gross, deduction)) FROM account"""


def key_of(number):
    return int(hashlib.md5(str(number).encode()).hexdigest()[:16], 16) & (2**62 - 1)


def route(number):
    ending = f"{key_of(number) | 1 << 63:016x}"
    return f"/v1/accounts/01900000-0001-7002-{ending[:4]}-{ending[4:]}/balance"


def load(stand, count):
    """The template: people, plan, tokens. Returns the tokens of staff, and the file of reads."""
    stand.create_migrated_database(TEMPLATE)
    for first in range(1, count + 1, CHUNK):
        last = min(first + CHUNK - 1, count)
        stand.psql(TEMPLATE, "-1", "-c", "SET synchronous_commit = off", "-v", f"first={first}", "-v", f"last={last}",
                   "-f", HERE / "sql" / "credits_world.sql")
    stand.psql(TEMPLATE, "-1", "-f", HERE / "sql" / "credits_policy.sql")
    staff = {role: stand.yibaod(TEMPLATE, "token", "create", "--kind", "staff", "--role", role, "--region", "000000").strip()
             for role in ("operator", "reviewer")}
    source = random.Random(20260101)
    tokens = {number: people.token_text(source) for number in sorted(source.sample(range(1, count + 1), min(TOKENS, count)))}
    lines = [f"{number}\t{hashlib.sha256(text.encode()).hexdigest()}" for number, text in tokens.items()]
    stand.psql(TEMPLATE, text=(HERE / "sql" / "credits_tokens.sql").read_text().replace(":tokens", "\n".join(lines)))
    stand.psql(TEMPLATE, "-c", "VACUUM (ANALYZE)")
    return staff, people.write_requests(stand.directory / "credit_reads.txt", tokens, route)


class Program:
    """`yibaod serve`, which only answers, and `yibaod work`, which does the run."""

    def __init__(self, stand, staff):
        self.stand, self.staff = stand, staff
        self.server = stand.serve(DATABASE, YIBAO_SERVE_WORKS="no")
        ops = f"127.0.0.1:{free_port()}"
        self.worker = stand.start([YIBAOD, "work"], "work.log", {**stand.environment(DATABASE), "YIBAO_OPS_LISTEN": ops})
        wait_until(lambda: alive(self.worker) and answers(f"http://{ops}/readyz"), "yibaod work is ready")

    def ask(self, role, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = {"Authorization": "Bearer " + self.staff[role], "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body else None, headers)
        reply = connection.getresponse()
        text = reply.read()
        connection.close()
        assert reply.status in (200, 202), (reply.status, text)
        return json.loads(text)

    def begin(self, month):
        return self.ask("operator", "POST", RUNS, {"region_code": POOL, "month": month, "reason": "bench"})["job_id"]

    def wait(self, job_id, state):
        """The run, once it is so."""
        found = {}

        def is_so():
            alive(self.worker)
            found.update(self.ask("operator", "GET", f"{RUNS}/{job_id}"))
            assert found["state"] not in ("failed", "cancelled"), found
            return found["state"] == state

        wait_until(is_so, f"the run is {state}", RUN_LIMIT_S, 0.1)
        return found

    def approve(self, run):
        self.ask("reviewer", "POST", f"/v1/admin/proposals/{run['proposal_id']}/approve")

    def end(self):
        for process in (self.worker, self.server.process):
            process.terminate()
            process.wait(60)


def fresh(stand):
    stand.create_database(DATABASE, TEMPLATE)
    stand.psql(DATABASE, "-c", "CHECKPOINT")


def plain(stand, staff):
    fresh(stand)
    before_s, begun = cpu_s(stand.postgres.pid), time.monotonic()
    stand.psql(DATABASE, "-f", HERE / "sql" / "credits_plain.sql")
    return {"seconds": time.monotonic() - begun, "postgres_cpu_s": cpu_s(stand.postgres.pid) - before_s,
            "sums": stand.psql(DATABASE, "-c", SUMS)}


def whole_run(stand, staff):
    fresh(stand)
    program = Program(stand, staff)
    memory = [memory_kib(program.worker.pid)["rss"]]
    before_s, begun = cpu_s(stand.postgres.pid), time.monotonic()
    job_id = program.begin(TIMED)
    run = program.wait(job_id, "awaiting_approval")
    checked = time.monotonic()
    program.approve(run)
    program.wait(job_id, "done")
    ended = time.monotonic()
    memory.append(memory_kib(program.worker.pid)["rss"])
    result = {"seconds": ended - begun, "check_s": checked - begun, "post_s": ended - checked,
              "postgres_cpu_s": cpu_s(stand.postgres.pid) - before_s, "worker_cpu_s": cpu_s(program.worker.pid),
              "worker_rss_before_kib": memory[0], "worker_rss_after_kib": memory[1], "sums": stand.psql(DATABASE, "-c", SUMS)}
    program.end()
    return result


def reads_meanwhile(stand, staff, requests_path, seconds):
    """Balance reads before a run, while it checks, and while it posts; at a steady pace, as people ask."""

    def reads():
        return wrk(program.server.port, seconds, "reads.lua", requests_path, PAUSE_MS)

    program = Program(stand, staff)
    reads()
    found = {"quiet": reads()}
    job_id = program.begin(READ_MEANWHILE)
    wait_until(lambda: program.ask("operator", "GET", f"{RUNS}/{job_id}")["state"] == "running", "the check begins")
    found["checking"] = reads()
    program.approve(program.wait(job_id, "awaiting_approval"))
    wait_until(lambda: program.ask("operator", "GET", f"{RUNS}/{job_id}")["posted"]["people"] > 0, "the posting begins")
    found["posting"] = reads()
    program.end()  # amid the run
    return found


def measure(stand, options):
    begun = time.monotonic()
    staff, requests_path = load(stand, options.credit_people)
    loaded_s = time.monotonic() - begun
    ways, done = {"plain": plain, "yibaod": whole_run}, {"plain": [], "yibaod": []}
    for number in range(options.credit_rounds):
        for name in sorted(ways, reverse=number % 2 == 1):
            done[name].append(ways[name](stand, staff))
    sums = {each.pop("sums") for name in done for each in done[name]}
    assert len(sums) == 1, f"both must leave the same: {sums}"
    reads = reads_meanwhile(stand, staff, requests_path, options.seconds)
    for database in (DATABASE, TEMPLATE):
        stand.psql("postgres", "-c", f"DROP DATABASE {database}")
    middle = {name: medians(each) for name, each in done.items()}
    return {
        "people": options.credit_people, "load_s": loaded_s, "rounds": done, "median": middle, "sums": sums.pop(), "reads": reads,
        "ratio": middle["plain"]["seconds"] / middle["yibaod"]["seconds"],
        "ratio_of_posting": middle["plain"]["seconds"] / middle["yibaod"]["post_s"],
        "ratio_p99": max(reads[phase]["p99_us"] for phase in ("checking", "posting")) / reads["quiet"]["p99_us"],
    }
