"""A stand-by takes over: the program finds it by itself, and whatever it acknowledged is there."""
# SPDX-License-Identifier: Apache-2.0
import itertools

import pytest
from tests.faults.asking import Line, Request
from tests.faults.pair import Pair, waiting_commits
from tests.faults.world import World
from tests.harness.database import BINARY
from tests.harness.server import Server, wait_until


@pytest.fixture
def world(directory):
    with World(directory, accounts=1, postgres=Pair()) as world:
        yield world


@pytest.fixture
def start(world, directory):
    started = []

    def start(**environment):
        log = directory / f"server-{len(started)}.log"
        started.append(Server(BINARY, {**world.environment, "YIBAO_WRITE_TIMEOUT_MS": "600", **environment}, log))
        return started[-1].wait_ready()

    yield start
    for server in started:
        server.process.kill()
        server.process.wait()


def test_no_answer_that_the_stand_by_does_not_stand_behind(world, start):
    """
    Storms of this are in `make faults`: "stand-by promoted". After a crash the primary knows of charges that the stand-by does not: a
    repetition must not acknowledge them. And a primary that is one no longer does not know those of the new one: it must not say that
    there are none.
    """
    pair, line, numbers, server = world.postgres, Line(), itertools.count(), start()

    def charge(number, server=server):
        body = {"account_id": world.accounts[0], "amount_fen": 100, "usage": "medicine", "charge_no": f"once-{number}", "capture": True}
        answer = line.ask(server.port, Request(world.providers[0], "POST", "/v1/charges", f"once-{number:08d}", body))
        assert answer.status in (201, 503, 409), answer
        return answer

    def refund(charge_id, server):
        body = {"amount_fen": 1, "refund_no": "r-1"}
        return line.ask(server.port, Request(world.providers[0], "POST", f"/v1/charges/{charge_id}/refunds", "refund-00001", body))

    wait_until(lambda: charge(next(numbers)).status == 201, "a charge")
    assert "no faults" in world.run("audit", DATABASE_URL=pair.stand_by.url("yibao"))
    pair.stand_by.stop_at_once()
    last = next(numbers)
    assert charge(last).status == 503 and waiting_commits(pair.primary) > 0
    pair.primary.kill()
    pair.primary.start()
    with world.sql() as sql:
        assert sql.execute("SELECT count(*) FROM charge WHERE charge_no = %s", [f"once-{last}"]).fetchone() == (1,)
    wait_until(lambda: server.ready_status() == 200, "the server to be back")
    assert [charge(last).status for _ in range(3)] == [503, 503, 503]
    pair.stand_by.start()
    wait_until(lambda: charge(last).status == 201, "the answer once more")
    old = pair.primary
    pair.change_places()
    behind, ahead = start(DATABASE_URL=old.url("yibao")), start(DATABASE_URL=pair.primary.url("yibao"))
    charge_id = charge(next(numbers), ahead).body["charge_id"]
    assert refund(charge_id, behind).status == 503
    assert refund(charge_id, ahead).status == 201
    old.set("default_transaction_read_only", "on")
    assert wait_until(lambda: (answer := charge(last)).status == 201 and answer, "the answer from the new primary").is_replayed
    assert charge(next(numbers)).status == 201, "the old primary is still there, and refuses writes only"
    line.close()
