"""PostgreSQL freezes or loses connections with requests in flight: every reply tells the truth about what was done."""
# SPDX-License-Identifier: Apache-2.0
import collections
import resource
import socket
import time
import uuid

import pytest
from tests.harness.crowd import Crowd
from tests.harness.problems import check_problem
from tests.harness.server import wait_until
from tests.harness.wire import Closed, Wire, get
from tests.http.lanes import Stand

LIMIT_LANE_QUEUE = 2048
LIMIT_BATCH = 128
NOTHING_WAS_DONE = {"overloaded", "database_unavailable", "deadline_exceeded"}
REGION = {"path": "/v1/regions/620500"}


@pytest.fixture(scope="module")
def stand(own_database, tmp_path_factory):
    with Stand(own_database, tmp_path_factory.mktemp("lanes") / "server.log", YIBAO_WRITE_TIMEOUT_MS="2000") as stand:
        yield stand


@pytest.fixture(autouse=True)
def healthy(stand):
    yield
    wait_until(lambda: stand.server.ready_status() == 200, "/readyz to say 200 again", 60)
    assert stand.ask(**REGION).status_code == 200


def test_frozen_with_requests_in_flight(stand):
    citizen = stand.demo.employee
    questions = [stand.balance(citizen)] * 10 + [REGION] * 5
    stand.ask_all(questions)
    began = time.monotonic()
    with stand.database.outage("frozen"):
        for answer in stand.ask_all(questions):
            check_problem(answer, 503)
            assert int(answer.headers["retry-after"]) >= 1
    assert time.monotonic() - began < 20
    wait_until(lambda: stand.ask(**stand.balance(citizen)).status_code == 200, "an answer", 60)


def test_a_write_in_flight_is_unknown_not_undone(stand):
    """It reached PostgreSQL, which does it after all when it wakes up."""
    label = uuid.uuid4().hex
    assert stand.ask(**stand.new_token("warm")).status_code == 201
    with stand.database.outage("frozen"):
        problem = check_problem(stand.ask(**stand.new_token(label)), 503)
    assert problem["code"] == "outcome_unknown"


def test_a_write_is_unknown_also_when_the_deadline_of_the_request_comes_first(own_database, tmp_path):
    with Stand(own_database, tmp_path / "server.log", YIBAO_REQUEST_TIMEOUT_S="1") as stand:
        assert stand.ask(**stand.new_token("warm")).status_code == 201
        with stand.database.outage("frozen"):
            answer = stand.ask(**stand.new_token(uuid.uuid4().hex))
            read = stand.ask(**REGION)
        check_problem(answer, 503, "outcome_unknown")
        check_problem(read, 503)
        wait_until(lambda: stand.server.ready_status() == 200, "/readyz to say 200 again", 60)


def test_writes_while_backends_are_killed(stand):
    answers = {}

    def write(_):
        label = f"killed {uuid.uuid4().hex[:20]}"
        answers[label] = stand.ask(**stand.new_token(label))

    with Crowd(8, write):
        for _ in range(25):
            time.sleep(0.15)
            stand.database.terminate_backends()
        wait_until(lambda: [answer.status_code for answer in list(answers.values())].count(201) > 50, "50 tokens", 60)
    codes = collections.Counter()
    with stand.sql() as connection:
        rows = connection.execute("SELECT label, array_agg(token_id::text) FROM token WHERE label LIKE 'killed %' GROUP BY 1")
        stored = dict(rows.fetchall())
    for label, answer in answers.items():
        assert answer.status_code in (201, 503), answer.text
        if answer.status_code == 201:
            assert stored.get(label) == [answer.json()["token_id"]]
            codes["created"] += 1
            continue
        code = check_problem(answer, 503)["code"]
        codes[code] += 1
        assert code in NOTHING_WAS_DONE | {"outcome_unknown"}
        if code in NOTHING_WAS_DONE:
            assert label not in stored, code
        assert len(stored.get(label, [])) <= 1
    assert codes["created"] > 50, codes


def test_a_full_queue_refuses_at_once(stand):
    count = LIMIT_LANE_QUEUE + 2 * LIMIT_BATCH + 200  # a batch in flight on each of two connections
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2 * count:
        pytest.skip("too few descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * count), hard))
    wires = [Wire(stand.server) for _ in range(count)]
    try:
        with stand.database.outage("frozen"):
            for wire in wires:
                wire.send(get(REGION["path"]))
            answers = [wire.receive() for wire in wires]
    finally:
        for wire in wires:
            wire.socket.close()
    assert {answer.status for answer in answers} == {503}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in answers)
    codes = collections.Counter(answer.json()["code"] for answer in answers)
    assert set(codes) == {"overloaded", "database_unavailable"} and codes["overloaded"] >= 100, codes


@pytest.mark.parametrize("delay_s", [0, 0.005, 0.5])
def test_a_stop_that_times_out_while_requests_wait(own_database, tmp_path, delay_s):
    """Requests of every age wait for PostgreSQL, suspended or not, when the stop gives up on them."""
    with Stand(own_database, tmp_path / "server.log", YIBAO_STOP_TIMEOUT_S="1") as stand:

        def ask(_):
            try:
                with Wire(stand.server, timeout_s=1) as wire:
                    wire.send(get(REGION["path"]))
                    wire.receive()
            except (OSError, Closed):
                time.sleep(delay_s)

        with stand.database.outage("frozen"), Crowd(12, ask):
            time.sleep(0.3)
            stand.server.signal()
            status = stand.server.wait_end()
        assert status == 0, stand.server.log_path.read_text()[-2000:]


def test_the_next_host_is_tried_when_one_does_not_answer(own_database, tmp_path):
    """A machine that is gone without a word takes the whole time for connecting, and must not take it every time."""
    (database_name,) = (word for word in own_database.url.split() if word.startswith("dbname="))
    url = f"host={tmp_path},{own_database.cluster.socket_directory} user=postgres {database_name}"
    with Stand(own_database, tmp_path / "server.log", DATABASE_URL=url, YIBAO_CONNECT_TIMEOUT_S="2") as stand:
        with socket.socket(socket.AF_UNIX) as silent:
            silent.bind(str(tmp_path / ".s.PGSQL.5432"))
            silent.listen(100)
            stand.database.terminate_backends()
            wait_until(lambda: stand.ask(**stand.new_token("next host")).status_code == 201, "writes again", 60)
            wait_until(lambda: stand.ask(**REGION).status_code == 200, "reads again", 60)


def test_the_next_host_is_tried_when_one_will_not_do(cluster, main_database, own_database, tmp_path):
    """The first host takes no writes: libpq goes on to the second with a socket of the same number."""
    for each, read_only in ((cluster, "on"), (own_database.cluster, "off")):
        with each.connect("postgres") as connection:
            connection.execute("DROP ROLE IF EXISTS two_hosts")
            connection.execute("CREATE ROLE two_hosts SUPERUSER LOGIN")
            connection.execute(f"ALTER ROLE two_hosts SET default_transaction_read_only = {read_only}")
    hosts = f"{cluster.socket_directory},{own_database.cluster.socket_directory}"
    url = f"host={hosts} user=two_hosts dbname=yibao target_session_attrs=read-write"
    with Stand(own_database, tmp_path / "server.log", DATABASE_URL=url) as stand:
        assert stand.ask(**stand.new_token("two hosts")).status_code == 201
        stand.database.terminate_backends()
        wait_until(lambda: stand.ask(**stand.new_token("two hosts")).status_code == 201, "writes again")
    for each in (cluster, own_database.cluster):
        with each.connect("postgres") as connection:
            connection.execute("DROP ROLE two_hosts")
