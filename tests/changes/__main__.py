"""`make rolling`: restarts under load, as often as one likes, with figures."""
# SPDX-License-Identifier: Apache-2.0
import argparse
import pathlib
import sys
import tempfile
import time

from tests.changes import rolling, waits
from tests.cluster import Cluster
from tests.harness.database import Database

LARGE = {"shared_buffers": "512MB", "max_wal_size": "8GB"}


def make_cluster(people):
    """On disk where there is much in it, as it would be."""
    return Cluster(durable=True, under="/var/tmp", settings=LARGE) if people else Cluster()


def ways_of(wanted, cluster, directory):
    if not wanted.before:
        return [(rolling.behind_proxy, Database(cluster, "yibao", directory)), (rolling.on_one_port, None)]
    before = rolling.ReleaseBefore(cluster, "before", directory, wanted.before)
    if wanted.people:
        waits.fill(before.url, wanted.people)
    return [(rolling.upgrade, before)]


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--restarts", type=int, default=40, help="of each kind")
    arguments.add_argument("--threads", type=int, default=8)
    arguments.add_argument("--from", dest="before", help="checkout of the release before, built: also migrate and upgrade from it")
    arguments.add_argument("--people", type=int, default=0, help="with --from: beside the demo so many, with three entries each")
    wanted = arguments.parse_args()
    cluster, failed, database = make_cluster(wanted.people), False, None
    try:
        with tempfile.TemporaryDirectory(prefix="yibao-rolling-") as directory:
            directory = pathlib.Path(directory)
            directory.chmod(0o755)
            for way, own in ways_of(wanted, cluster, directory):
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
