"""Every operation of a real server with single allocations failing, its libraries' too: no crash, half commit or leak."""
# SPDX-License-Identifier: Apache-2.0
import os
import subprocess

import pytest
from tests.faults.failing_malloc import FailingMalloc
from tests.faults.routes import Routes
from tests.harness.database import BINARY
from tests.harness.sanitizer import without_sanitizer
from tests.harness.server import ROOT

# Of each route, at random; `all`: every allocation of every route in turn, which takes the better part of an hour.
TRIES = os.environ.get("YIBAO_ALLOCATIONS", "1")
BLOCKS_LEAKED = 0.2  # for each failed allocation; a leak in one way of failing is many times that when all are tried


@without_sanitizer
def test_single_allocations_fail(tmp_path, seed, main_database, server, servers, demo, new_token, sms):
    failing = FailingMalloc(tmp_path)
    quiet = {"YIBAO_SERVE_WORKS": "no", "YIBAO_REACTORS": "1", **failing.environment}
    with servers.on(main_database) as start:
        starved = start(quiet)
        routes = Routes(starved, failing, demo, new_token, sms)
        routes.run(seed, tries=0)  # caches fill
        before, failed = failing.live, failing.failed
        routes.run(seed + 1, None if TRIES == "all" else int(TRIES))
        grown, failed = failing.live - before, failing.failed - failed
        starved.provoked.update(dict.fromkeys(("out_of_memory", "statement_failed"), 10**6))
        assert starved.stop() == 0
    print(f"{routes.routes} requests, {failed} allocations failed, the {routes.deepest}th was the deepest, {dict(routes.seen)}, "
          f"{grown} blocks more, skipped: {routes.skipped}")
    assert routes.wrong == []
    assert failed > 0 and grown < 500 + BLOCKS_LEAKED * failed
    audit = subprocess.run(
        [str(BINARY), "audit"], cwd=ROOT, env=main_database.environment, capture_output=True, text=True, timeout=600
    )
    assert audit.returncode == 0, audit.stdout[-3000:]
