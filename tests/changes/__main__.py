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
    wanted = arguments.parse_args()
    cluster, failed = Cluster(), False
    try:
        with tempfile.TemporaryDirectory(prefix="yibao-rolling-") as directory:
            directory = pathlib.Path(directory)
            directory.chmod(0o755)
            database = Database(cluster, "yibao", directory)
            for way in (rolling.behind_proxy, rolling.on_one_port):
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
