#!/usr/bin/python3
"""Shows where the time of a balance read goes: the hottest functions of yibaod and of PostgreSQL, and the batches."""
# SPDX-License-Identifier: Apache-2.0
import argparse
import re
import subprocess
import threading

import people
import reads
from measure import descendants
from stand import Stand

SAMPLES_PER_S = 1999
SHOWN_LINES = 45


def record(path, pids, seconds):
    return subprocess.Popen(["perf", "record", "-q", "-F", str(SAMPLES_PER_S), "--call-graph", "fp", "-o", str(path),
                             "-p", ",".join(map(str, pids)), "--", "sleep", str(seconds)], stderr=subprocess.DEVNULL)


def hottest(path, *how):
    done = subprocess.run(["perf", "report", "-i", str(path), "--stdio", "-g", "none", *how], text=True,
                          capture_output=True)
    lines = [line.replace(" -      -", "").rstrip() for line in done.stdout.splitlines() if re.match(r"\s+\d", line)]
    return "\n".join(lines[:SHOWN_LINES])


def batches(before, after):
    """What the counters of /metrics did meanwhile; only those that moved."""
    def values(text):
        return {name: float(value) for name, value in re.findall(r"^([a-z_]+(?:\{[^}]*\})?) ([0-9.e+]+)$", text, re.M)}
    first, last = values(before), values(after)
    return "\n".join(f"{name} {last[name] - first.get(name, 0):,.0f}" for name in last
                     if last[name] != first.get(name, 0) and re.search("batch_members|token_cache", name))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=6)
    options = parser.parse_args()
    with Stand() as stand:
        stand.start_postgres()
        stand.create_migrated_database(reads.DATABASE)
        tokens = people.load(stand, reads.DATABASE, reads.PEOPLE, reads.TOKENS)
        requests_path = people.write_requests(stand.directory / "balances.txt", tokens, reads.route)
        yibaod = reads.Yibaod(stand, requests_path)
        yibaod.measure(reads.WARM_UP_S)
        result = {}
        load = threading.Thread(target=lambda: result.update(yibaod.measure(options.seconds + 2)))
        before = yibaod.server.metrics()
        load.start()
        targets = {"yibaod": [yibaod.process.pid], "postgres": descendants(stand.postgres.pid)}
        running = [record(stand.directory / f"{name}.data", pids, options.seconds) for name, pids in targets.items()]
        for each in running:
            each.wait()
        load.join()
        after = yibaod.server.metrics()
        reads.end_process(yibaod)
        for name in targets:
            path = stand.directory / f"{name}.data"
            print(f"\n== {name}: libraries and kernel\n{hottest(path, '--no-children', '--sort', 'dso')}")
            print(f"\n== {name}: in the function itself\n{hottest(path, '--no-children', '--sort', 'dso,symbol')}")
            print(f"\n== {name}: with all it calls\n{hottest(path, '--children', '--sort', 'symbol')}")
        print(f"\n== batches\n{batches(before, after)}\n\n{result['per_second']:,.0f} requests/s")


if __name__ == "__main__":
    main()
