"""Balance reads: yibaod, pgbench with the same statement, and Fastify + pg, on one PostgreSQL, in turn."""
# SPDX-License-Identifier: Apache-2.0
import http.client
import json
import random
import time

import people
from measure import HERE, cpu_s, medians, pgbench, run, system_calls, wrk
from stand import accepts, alive, free_port, wait_until

DATABASE = "bench_reads"
PEOPLE = 100_000
TOKENS = 10_000
CALIBRATE_S = 3
WARM_UP_S = 2
COMPARED = 100  # replies of yibaod and Fastify held against each other
PGBENCH_CLIENTS = (2, 4, 8)
FASTIFY_POOLS = (2, 4, 8, 16, 32)


class Yibaod:
    name = "yibaod"

    def __init__(self, stand, requests_path):
        self.server = stand.serve(DATABASE)
        self.port, self.process = self.server.port, self.server.process
        self.requests_path = requests_path

    def measure(self, seconds):
        return wrk(self.port, seconds, "reads.lua", self.requests_path)


class Fastify:
    name = "fastify"

    def __init__(self, stand, requests_path, pool):
        self.port, self.pool, self.requests_path = free_port(), pool, requests_path
        environment = {"PORT": str(self.port), "DATABASE_URL": node_url(stand, DATABASE), "POOL": str(pool),
                       "NODE_ENV": "production"}
        self.process = stand.start(["node", "server.js"], "fastify.log", environment, cwd=HERE / "fastify")
        wait_until(lambda: alive(self.process) and accepts(self.port), "Fastify accepts")

    def measure(self, seconds):
        return wrk(self.port, seconds, "reads.lua", self.requests_path)


class Pgbench:
    process = None

    def __init__(self, stand, clients):
        self.stand, self.clients, self.name = stand, clients, f"pgbench_{clients}"

    def measure(self, seconds):
        return pgbench(self.stand, DATABASE, HERE / "sql" / "pgbench_balance.sql", seconds, self.clients)


def route(number):
    return f"/v1/accounts/{people.account_id(number)}/balance"


def node_url(stand, database):
    return f"socket:{stand.socket_directory}?db={database}&user=postgres"


def best_pool(stand, requests_path):
    """The pool with which Fastify answers most, and what each one did: the better of two short runs."""
    found = {pool: 0 for pool in FASTIFY_POOLS}
    for pool in 2 * FASTIFY_POOLS:
        fastify = Fastify(stand, requests_path, pool)
        fastify.measure(1)
        found[pool] = max(found[pool], fastify.measure(CALIBRATE_S)["per_second"])
        end_process(fastify)
    return max(found, key=found.get), found


def end_process(contender):
    if contender.process is not None:
        contender.process.terminate()
        contender.process.wait(30)


def balance(port, token, number):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", route(number), headers={"Authorization": "Bearer " + token})
    reply = connection.getresponse()
    body = reply.read()
    connection.close()
    assert reply.status == 200 and reply.headers["ETag"] and reply.headers["X-Request-Id"], (reply.status, body)
    return json.loads(body), len(body)


def compare_replies(one, other, tokens):
    """Both must tell the same amounts, or their speeds do not compare."""
    for number in random.Random(1).sample(sorted(tokens), COMPARED):
        ours, theirs = balance(one.port, tokens[number], number)[0], balance(other.port, tokens[number], number)[0]
        amounts = [key for key in ours if key.endswith("_fen")]
        assert amounts and all(ours[key] == theirs[key] for key in amounts), (ours, theirs)


def measure_with_cpu(stand, contender, seconds):
    processes = {"postgres_cpu_us": stand.postgres.pid}
    if contender.process is not None:
        processes["server_cpu_us"] = contender.process.pid
    before_s = {name: cpu_s(pid) for name, pid in processes.items()}
    result = contender.measure(seconds)
    for name, pid in processes.items():
        result[name] = (cpu_s(pid) - before_s[name]) * 1e6 / max(1, result["requests"])
    return result


def rounds(stand, contenders, options):
    results = {contender.name: [] for contender in contenders}
    for contender in contenders:
        contender.measure(WARM_UP_S)
    for number in range(options.rounds):
        turn = number % len(contenders)
        for contender in contenders[turn:] + contenders[:turn]:
            results[contender.name].append(measure_with_cpu(stand, contender, options.seconds))
    return results


def calls_per_request(stand, contender, seconds):
    with system_calls(contender.process.pid, stand.directory) as counted:
        requests = contender.measure(seconds)["requests"]
        time.sleep(0.2)
    if counted.get("calls"):
        counted["per_request"] = counted["calls"] / requests
    return counted


def measure(stand, options):
    run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=HERE / "fastify")
    stand.create_migrated_database(DATABASE)
    tokens = people.load(stand, DATABASE, PEOPLE, TOKENS)
    requests_path = people.write_requests(stand.directory / "balances.txt", tokens, route)
    pool, by_pool = best_pool(stand, requests_path)
    yibaod, fastify = Yibaod(stand, requests_path), Fastify(stand, requests_path, pool)
    compare_replies(yibaod, fastify, tokens)
    results = rounds(stand, [yibaod, fastify, *(Pgbench(stand, clients) for clients in PGBENCH_CLIENTS)], options)
    calls = {each.name: calls_per_request(stand, each, min(4, options.seconds)) for each in (yibaod, fastify)}
    end_process(yibaod)
    end_process(fastify)
    middle = {name: medians(each) for name, each in results.items()}
    pgbench_best = max((name for name in middle if name.startswith("pgbench")),
                       key=lambda name: middle[name]["per_second"])
    return {
        "people": PEOPLE, "tokens": TOKENS, "rounds": results, "median": middle, "system_calls": calls,
        "pgbench_best": pgbench_best, "fastify_pool": pool, "fastify_by_pool": by_pool,
        "ratio_to_pgbench": middle["yibaod"]["per_second"] / middle[pgbench_best]["per_second"],
        "ratio_to_fastify": middle["yibaod"]["per_second"] / middle["fastify"]["per_second"],
        "failed": sum(each["failed"] + each["refused"] for each in results["yibaod"] + results["fastify"]),
    }
