"""`make rolling`: restarts under load, as often as one likes, with figures."""
# SPDX-License-Identifier: Apache-2.0
import argparse
import pathlib
import sys
import tempfile
import time

from tests.changes import rolling
from tests.cluster import Cluster
from tests.harness.database import Database


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--restarts", type=int, default=40, help="of each kind")
    arguments.add_argument("--threads", type=int, default=8)
    arguments.add_argument("--from", dest="before", help="checkout of the release before, built: also migrate and upgrade from it")
    wanted = arguments.parse_args()
    cluster, failed, database = Cluster(), False, None
    try:
        with tempfile.TemporaryDirectory(prefix="yibao-rolling-") as directory:
            directory = pathlib.Path(directory)
            directory.chmod(0o755)
            ways = [(rolling.behind_proxy, Database(cluster, "yibao", directory)), (rolling.on_one_port, None)]
            if wanted.before:
                ways = [(rolling.upgrade, rolling.ReleaseBefore(cluster, "before", directory, wanted.before))]
            for way, own in ways:
                database = own or database
                started = time.monotonic()
                load = way(database, directory, wanted.restarts, threads=wanted.threads)
                result = rolling.summary(load, wanted.restarts)
                print(f"{way.__name__}: {result._asdict()}, {time.monotonic() - started:.0f} s", flush=True)
                failed = failed or bool(result.failures)
                if not result.failures:
                    rolling.check(load, database)
    finally:
        cluster.remove()
    return failed


if __name__ == "__main__":
    sys.exit(main())
