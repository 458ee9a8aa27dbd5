"""Durable charges: yibaod, pgbench with the same function and arrays of one, and Fastify + pg, on one PostgreSQL, in turn."""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import http.client
import itertools
import json
import random

import people
from measure import HERE, medians, pgbench, run, wrk
from reads import end_process, measure_with_cpu, node_url
from stand import accepts, alive, free_port, wait_until

DATABASE = "bench_charges"
PEOPLE = 100_000
PROVIDERS = 8
CONNECTIONS = 64
ACCOUNTS = {"many": 100_000, "few": 100}  # how many of the accounts are charged
PGBENCH_CLIENTS = (4, 8, 16, 32, 64)
FASTIFY_POOLS = (4, 8, 16, 32)
CALIBRATE_S = 3
WARM_UP_S = 3
WANTED = {"many": {"pgbench": 3, "fastify": 5}, "few": {"pgbench": 2}}

run_numbers = itertools.count(1)


class Http:
    """A server that takes POST /v1/charges."""

    def __init__(self, name, port, process, tokens_path):
        self.name, self.port, self.process, self.tokens_path = name, port, process, tokens_path

    def measure(self, seconds, accounts, pause_ms=0):
        return wrk(self.port, seconds, "charges.lua", self.tokens_path, accounts, f"{self.name}{next(run_numbers)}", pause_ms,
                   connections=CONNECTIONS)


class Pgbench:
    process = None

    def __init__(self, stand, clients):
        self.stand, self.clients, self.name = stand, clients, f"pgbench_{clients}"

    def measure(self, seconds, accounts):
        return pgbench(self.stand, DATABASE, HERE / "sql" / "pgbench_charge.sql", seconds, self.clients,
                       [("accounts", accounts)])


class On:
    """A contender on so many accounts, as measure_with_cpu wants it."""

    def __init__(self, contender, accounts, pause_ms=None):
        self.contender, self.process = contender, contender.process
        self.more = [accounts] if pause_ms is None else [accounts, pause_ms]

    def measure(self, seconds):
        return self.contender.measure(seconds, *self.more)


def load(stand):
    stand.create_migrated_database(DATABASE)
    refused = stand.psql(DATABASE, "-v", f"people={PEOPLE}", "-v", f"providers={PROVIDERS}", "-f",
                         HERE / "sql" / "charge_world.sql")
    assert refused == "0", f"{refused} opening balances were not posted"
    source = random.Random(20260201)
    tokens = [people.token_text(source) for _ in range(PROVIDERS)]
    lines = [f"{number}\t{hashlib.sha256(text.encode()).hexdigest()}" for number, text in enumerate(tokens, 1)]
    script = (HERE / "sql" / "provider_tokens.sql").read_text().replace(":tokens", "\n".join(lines))
    stand.psql(DATABASE, text=script)
    path = stand.directory / "provider_tokens.txt"
    path.write_text("".join(text + "\n" for text in tokens))
    return tokens, path


def start_fastify(stand, tokens_path, pool):
    port = free_port()
    environment = {"PORT": str(port), "DATABASE_URL": node_url(stand, DATABASE), "POOL": str(pool),
                   "NODE_ENV": "production"}
    process = stand.start(["node", "charges.js"], "fastify.log", environment, cwd=HERE / "fastify")
    wait_until(lambda: alive(process) and accepts(port), "Fastify accepts")
    return Http("fastify", port, process, tokens_path)


def best_pool(stand, tokens_path):
    found = {}
    for pool in FASTIFY_POOLS:
        fastify = start_fastify(stand, tokens_path, pool)
        fastify.measure(1, PEOPLE)
        found[pool] = fastify.measure(CALIBRATE_S, PEOPLE)["per_second"]
        end_process(fastify)
    return max(found, key=found.get), found


def charge_once(port, token, number):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    body = {"account_id": people.account_id(number), "charge_no": f"compare-{port}-{number}", "amount_fen": 100,
            "usage": "medicine", "item": "bench item", "capture": True}
    connection.request("POST", "/v1/charges", json.dumps(body), {
        "Authorization": "Bearer " + token, "Content-Type": "application/json", "Idempotency-Key": f"compare-{port}-{number}"})
    reply = connection.getresponse()
    answer = json.loads(reply.read())
    connection.close()
    assert reply.status == 201, (reply.status, answer)
    return {name: answer[name] for name in ("state", "amount_fen", "captured_fen", "current_year_fen", "carried_over_fen")}


def deadlocks(stand):
    return int(stand.psql(DATABASE, "-c", f"SELECT deadlocks FROM pg_stat_database WHERE datname = '{DATABASE}'"))


def rounds(stand, contenders, accounts, options):
    results = {contender.name: [] for contender in contenders}
    for contender in contenders:
        contender.measure(WARM_UP_S, accounts)
    for number in range(options.rounds):
        turn = number % len(contenders)
        for contender in contenders[turn:] + contenders[:turn]:
            results[contender.name].append(measure_with_cpu(stand, On(contender, accounts), options.seconds))
    return results


def at_half_load(stand, yibaod, full, options):
    """Latencies when 64 connections together ask half as often as they could: each pauses so long between two requests."""
    interval_ms = 2000 * CONNECTIONS / full["per_second"]
    pause_ms = max(1, round(interval_ms - full["p50_us"] / 2000))
    return medians([measure_with_cpu(stand, On(yibaod, PEOPLE, pause_ms), options.seconds) for _ in range(options.rounds)])


def compare(results):
    middle = {name: medians(each) for name, each in results.items()}
    best = max((name for name in middle if name.startswith("pgbench")), key=lambda name: middle[name]["per_second"])
    speed = {name: each["per_second"] for name, each in middle.items()}
    return {"rounds": results, "median": middle, "pgbench_best": best,
            "ratio_to_pgbench": speed["yibaod"] / speed[best], "ratio_to_fastify": speed["yibaod"] / speed["fastify"],
            "failed": sum(one["failed"] + one["refused"] for name in ("yibaod", "fastify") for one in results[name])}


def measure(stand, options):
    run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=HERE / "fastify")
    tokens, tokens_path = load(stand)
    pool, by_pool = best_pool(stand, tokens_path)
    server = stand.serve(DATABASE)
    yibaod = Http("yibaod", server.port, server.process, tokens_path)
    fastify = start_fastify(stand, tokens_path, pool)
    for number in (1, 2, 3):  # both must do the same, or their speeds do not compare
        assert charge_once(yibaod.port, tokens[0], number) == charge_once(fastify.port, tokens[1], number)
    contenders = [yibaod, fastify, *(Pgbench(stand, clients) for clients in PGBENCH_CLIENTS)]
    before = deadlocks(stand)
    found = {name: compare(rounds(stand, contenders, accounts, options)) for name, accounts in ACCOUNTS.items()}
    half = at_half_load(stand, yibaod, found["many"]["median"]["yibaod"], options)
    metrics = server.metrics()
    end_process(yibaod)
    end_process(fastify)
    stand.yibaod(DATABASE, "audit")  # raises when it finds anything: what was measured was done, and done right
    return {"people": PEOPLE, **found, "half_load": half, "fastify_pool": pool, "fastify_by_pool": by_pool,
            "deadlocks": deadlocks(stand) - before, "metrics": metrics}
