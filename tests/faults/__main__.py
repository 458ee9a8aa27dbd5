"""All storms in full: `make faults`, or with other numbers `make faults FAULTS='--kills 5000 --seconds 600 --seed 7'`."""
# SPDX-License-Identifier: Apache-2.0
import argparse
import dataclasses
import json
import pathlib
import shutil
import sys
import tempfile
import time

from tests.faults.figures import HEADER, Figures
from tests.faults.scenarios import SCENARIOS, packets_dropped_here


def main():
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="SIGKILLs of servers; the other harm in proportion")
    parser.add_argument("--seconds", type=float, default=3600, help="no storm begins another world after so long")
    parser.add_argument("--seed", type=int, default=1, help="the first one; each world has the next")
    parser.add_argument("--only", action="append", choices=list(SCENARIOS), help="this storm (may be given several times)")
    parser.add_argument("--within", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.within:
        print(json.dumps(dataclasses.asdict(packets_dropped_here(options.within, options.seed, options.rounds))))
        return
    rows, total = [], Figures()
    for name in options.only or [name for name in SCENARIOS if not SCENARIOS[name].is_apart]:
        if not SCENARIOS[name].is_possible():
            print(f"{name}: left out; only root can do it, or something is not installed", file=sys.stderr)
            continue
        figures = run(name, SCENARIOS[name], options)
        rows.append(figures.row(name))
        total += figures
        print(HEADER, *rows, total.row("**all**", tells_harm=False), "", total.rest(), "", sep="\n", flush=True)


def run(name, scenario, options):
    left, seed, total = max(1, round(options.kills * scenario.share)), options.seed, Figures()
    end = time.monotonic() + options.seconds
    while left > 0 and time.monotonic() < end:
        rounds = min(left, scenario.at_once)
        directory = pathlib.Path(tempfile.mkdtemp(prefix="yibao-faults-"))
        print(f"{name}: seed {seed}, {rounds} rounds; kept in {directory} if it fails", file=sys.stderr, flush=True)
        directory.chmod(0o755)
        one = scenario.run(directory, seed, rounds)
        shutil.rmtree(directory)
        print(f"  {one.count} {one.seen}", file=sys.stderr, flush=True)
        total += one
        left, seed = left - rounds, seed + 1
    return total


if __name__ == "__main__":
    main()
