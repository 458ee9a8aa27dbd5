#!/usr/bin/python3
"""Measures yibaod against pgbench, Fastify + pg and plain SQL, prints a table and keeps the figures in var/bench/."""
# SPDX-License-Identifier: Apache-2.0
import argparse
import datetime
import json
import os
import pathlib
import platform
import signal
import subprocess
import sys

import audit
import charges
import credits
import footprint
import imports
import pages
import reads
import report
from stand import ROOT, YIBAOD, Stand

PARTS = {"reads": reads.measure, "charges": charges.measure, "import": imports.measure, "pages": pages.measure,
         "audit": audit.measure, "credits": credits.measure, "footprint": footprint.measure}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=sorted(PARTS), help="one part; may be given again")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds of reads (default 5)")
    parser.add_argument("--seconds", type=int, default=6, help="length of one measurement (default 6)")
    parser.add_argument("--import-rows", type=int, default=500_000, help="rows of the imported file (default 500000)")
    parser.add_argument("--import-rounds", type=int, default=3, help="imports of each kind (default 3)")
    parser.add_argument("--page-rows", type=int, default=20_000_000,
                        help="rows of the large history (default 20 million)")
    parser.add_argument("--audit-accounts", type=int, default=1_000_000,
                        help="accounts that are audited (default 1 million)")
    parser.add_argument("--credit-people", type=int, default=1_000_000,
                        help="people of the region whose pensioners are credited (default 1 million)")
    parser.add_argument("--credit-rounds", type=int, default=2, help="runs of credits of each kind (default 2)")
    return parser.parse_args()


def commit():
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def machine():
    model = next((line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    return {"cores": os.cpu_count(), "processor": model, "kernel": platform.release(), "load": os.getloadavg()}


def keep(results):
    directory = ROOT / "var" / "bench"
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{datetime.datetime.now():%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    return path


def main():
    options = arguments()
    if not YIBAOD.exists():
        sys.exit(f"{YIBAOD} is missing: run `make build` first")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # unwinds, so that everything started is stopped
    results = {"at": datetime.datetime.now().astimezone().isoformat(timespec="seconds"), "commit": commit(),
               "machine": machine(), "rounds": options.rounds, "seconds": options.seconds}
    with Stand() as stand:
        stand.start_postgres()
        results["postgresql"] = stand.psql("postgres", "-c", "SHOW server_version").split()[0]
        for name in options.only or PARTS:
            print(f"measuring: {name}", flush=True)
            results[name] = PARTS[name](stand, options)
    path = keep(results)
    print(report.table(results))
    print(f"\nall figures: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
