"""docs/operations/replica.md: a stand-by answers histories, as current as the primary, and nobody notices when it cannot."""
# SPDX-License-Identifier: Apache-2.0
import threading

import httpx
import pytest
from tests.harness import charges
from tests.harness.client import Client
from tests.harness.operations import OPERATIONS
from tests.harness.server import wait_until
from tests.operations.replicas import (
    CITIZENS, NOT_IN_THE_DEMO, OF_PRIMARY, Asked, frozen, reads, served_again, targets,
)  # fmt: skip

@pytest.fixture(scope="module")
def server(replicated):
    return replicated.start()


@pytest.fixture(scope="module")
def api(server, contract):
    return Client(server, contract)


@pytest.fixture
def history(api, replicated):
    """Reads the first page of somebody's entries, which must be there."""
    employee = replicated.demo.employee

    def read(**params):
        answer = api.get(f"/v1/accounts/{employee.account_id}/entries", by=employee, params=params)
        assert answer.status_code == 200, answer.text
        return answer

    return read


@pytest.fixture
def write(api, replicated):
    """Charges the same account, and tells the charge's id."""

    def charge():
        made = charges.charged(api, replicated.demo.provider("hospital"), replicated.demo.employee.account_id, 1)
        return made["charge_id"]

    return charge


def newest(answer):
    return answer.json()["data"][0]["charge"]["charge_id"]


@pytest.fixture
def slow_at_the_stand_by(replicated, write):
    """The history of an account sleeps there, and nowhere else."""
    write()
    with replicated.primary.connect("yibao") as sql:
        (kept,) = sql.execute("SELECT pg_get_functiondef('charge_behind'::regproc)").fetchone()
        head, body, tail = kept.split("$function$")
        sleeping = body + " WHERE NOT pg_is_in_recovery() OR (SELECT pg_sleep(60)) IS NOT NULL\n"
        sql.execute("$function$".join((head, sleeping, tail)))
        yield
        sql.execute(kept)


def test_histories_come_from_the_stand_by_and_what_is_judged_from_the_primary(replicated, server, api, history):
    served_again(server, history)
    primary, stand_by = Asked(replicated.primary), Asked(replicated.stand_by)
    employee = replicated.demo.employee
    for path in ("entries", "statements", "interest?year=2025", "balance"):
        assert api.get(f"/v1/accounts/{employee.account_id}/{path}", by=employee).status_code == 200
    for path in ("contributions", "enrolments", "contributions/summary"):
        assert api.get(f"/v1/people/{employee.person_id}/{path}", by=employee).status_code == 200
    auditor = replicated.demo.staff("auditor")
    assert api.get(f"/v1/accounts/{employee.account_id}/entries", by=auditor).status_code == 200
    there, here = stand_by.counts(), primary.counts()
    for name in ("account_entries", "account_statements", "account_interest", "person_contributions", "person_enrolments", "coverage_history"):
        assert there[name] == 1, (name, there)
    assert here["account_entries"] == 1 and here["audit_look"] == 1 and here["account_balance"] == 1
    assert here["account_statements"] == here["person_contributions"] == 0
    assert not [name for name in there if OF_PRIMARY.match(name)]


def test_both_give_the_same_bytes(replicated, server, history, write, contract):
    """A page from one and the next from the other, too: cursors, links and tags are those of the process, not of the database."""
    plain = Client(replicated.start(YIBAO_REPLICA_URL=""), contract)
    api = Client(server, contract)
    write()
    served_again(server, history)
    before, seen = reads(server)["served"], set()
    for who, operation, path in targets(replicated):
        for client, other in ((api, plain), (plain, api)):
            params = {**operation.required_query, **({"limit": 3} if "limit" in operation.query_parameters else {})}
            while True:
                one, two = client.get(path, by=who, params=params), other.get(path, by=who, params=params)
                assert (one.status_code, one.content) == (two.status_code, two.content), (path, one.text, two.text)
                assert one.headers.get("link") == two.headers.get("link") and one.headers.get("etag") == two.headers.get("etag")
                seen.add((operation.name, one.status_code))
                if one.status_code != 200 or not (one.json().get("next_cursor")):
                    break
                params["cursor"] = one.json()["next_cursor"]
    allowed = {operation.name for operation in OPERATIONS if operation.on_replica}
    missing = allowed - {name for name, status in seen if status == 200}
    if CITIZENS.step == 1:
        assert not missing - NOT_IN_THE_DEMO, " ".join(missing - NOT_IN_THE_DEMO)
    assert len(allowed - missing) >= 15
    assert reads(server)["served"] - before > 100


def test_whoever_has_been_told_of_a_write_sees_it(replicated, server, history, write, contract):
    """Also when another server wrote it, while others write on; and no read goes back behind an earlier one."""
    other = Client(replicated.start(), contract)
    employee, provider = replicated.demo.citizen("gap 5"), replicated.demo.provider("pharmacy")
    done = threading.Event()

    def others_write():
        client = Client(replicated.servers[0], contract)
        while not done.is_set():
            charges.charge(client, provider, employee.account_id, 1)
        client.close()

    busy = threading.Thread(target=others_write)
    busy.start()
    try:
        served_again(server, history)
        before = reads(server)
        for _ in range(20):
            charge_id = charges.charged(other, replicated.demo.provider("hospital"), replicated.demo.employee.account_id, 1)["charge_id"]
            assert newest(history(limit=1)) == charge_id
            charge_id = write()
            assert newest(history(limit=1)) == charge_id
            assert newest(history(limit=1)) == charge_id
    finally:
        done.set()
        busy.join()
    assert reads(server)["served"] > before["served"]


def test_a_stand_by_that_is_behind_is_not_asked(replicated, server, history, write):
    served_again(server, history)
    with replicated.stand_by.connect("postgres") as sql:
        sql.execute("SELECT pg_wal_replay_pause()")
        wait_until(lambda: sql.execute("SELECT pg_get_wal_replay_pause_state()").fetchone() == ("paused",), "the pause")
        before = reads(server)
        for _ in range(5):
            charge_id = write()
            assert newest(history(limit=1)) == charge_id
        after = reads(server)
        assert after["served"] == before["served"] and after["behind"] > before["behind"]
        wait_until(lambda: lag_s(server) > 3, "the lag")
        assert newest(history(limit=1)) == charge_id and server.ready_status() == 200
        sql.execute("SELECT pg_wal_replay_resume()")
    served_again(server, history)
    assert newest(history(limit=1)) == charge_id
    wait_until(lambda: lag_s(server) < 1, "no lag")


def lag_s(server):
    text = httpx.get(f"{server.ops_url}/metrics").text
    (line,) = [line for line in text.splitlines() if line.startswith("yibaod_replica_lag_seconds ")]
    return float(line.split()[1])


def test_a_stand_by_that_is_slow_is_not_waited_for(replicated, contract, slow_at_the_stand_by):
    server = replicated.start(YIBAO_REPLICA_TIMEOUT_MS="200")
    api, employee = Client(server, contract), replicated.demo.employee

    def read():
        assert api.get(f"/v1/accounts/{employee.account_id}/entries", by=employee).status_code == 200
        return reads(server)["failed"]

    wait_until(read, "a read that took too long there")
    assert '"sqlstate":"57014"' in server.log_path.read_text()


def test_a_query_that_is_in_the_way_of_recovery(replicated, contract, slow_at_the_stand_by):
    """PostgreSQL cancels it at the stand-by (40001); the primary answers."""
    server = replicated.start(YIBAO_REPLICA_TIMEOUT_MS="60000", YIBAO_REQUEST_TIMEOUT_S="120")
    api, employee = Client(server, contract), replicated.demo.employee
    answers, running = [], "SELECT FROM pg_stat_activity WHERE application_name = 'yibaod' AND wait_event = 'PgSleep'"

    def read():
        answers.append(api.get(f"/v1/accounts/{employee.account_id}/entries", by=employee))

    with replicated.stand_by.connect("yibao") as there, replicated.primary.connect("yibao") as sql:
        wait_until(lambda: reads_once(server, api, employee), "the stand-by to be in use")
        reader = threading.Thread(target=read)
        reader.start()
        wait_until(lambda: there.execute(running).fetchone() is not None, "a read that sleeps at the stand-by")
        sql.execute("CREATE TABLE scrap AS SELECT generate_series(1, 100)")
        sql.execute("DELETE FROM scrap")
        sql.execute("VACUUM scrap")
        reader.join(100)
        sql.execute("DROP TABLE scrap")
    assert [answer.status_code for answer in answers] == [200]
    assert '"sqlstate":"40001"' in server.log_path.read_text() and reads(server)["failed"] == 1


def reads_once(server, api, employee):
    """By another history, which does not sleep."""
    before = reads(server)["served"]
    assert api.get(f"/v1/people/{employee.person_id}/enrolments", by=employee).status_code == 200
    return reads(server)["served"] > before


def test_a_stand_by_that_is_killed_or_frozen(replicated, server, history, write):
    stand_by = replicated.stand_by
    served_again(server, history)
    with frozen(stand_by):
        for _ in range(3):
            charge_id = write()
            assert newest(history(limit=1)) == charge_id
    served_again(server, history)
    stand_by.kill()
    for _ in range(10):
        assert newest(history(limit=1)) == charge_id
        assert server.ready_status() == 200
    stand_by.start()
    served_again(server, history)


def test_sessions_that_end_in_the_middle(replicated, server, history):
    served_again(server, history)
    for _ in range(5):
        replicated.stand_by.terminate(replicated.stand_by.backends())
        assert newest(history(limit=1))
    served_again(server, history)


def test_one_that_has_parted_answers_nothing(replicated, history, contract, write):
    """
    A stand-by that was promoted by mistake is none any more; one that follows it has the primary's data until then, and
    soon has more of a log than the primary.
    """
    parted = replicated.follow(replicated.primary)
    server = replicated.start(YIBAO_REPLICA_URL=parted.url("yibao"))
    api, employee = Client(server, contract), replicated.demo.employee
    served_again(server, lambda: reads_once(server, api, employee))
    parted.promote()
    with parted.connect("yibao") as sql:
        sql.execute("DELETE FROM enrolment WHERE person_key = (SELECT person_key FROM person WHERE person_id = %s)", [employee.person_id])
        sql.execute("CREATE TABLE scrap AS SELECT generate_series(1, 100000)")
    follower = replicated.follow(parted)
    other = replicated.start(YIBAO_REPLICA_URL=follower.url("yibao"))
    for one in (server, other):
        before = reads(one)["served"]
        client = Client(one, contract)
        for _ in range(10):
            charge_id = write()
            path = f"/v1/accounts/{employee.account_id}/entries"
            assert newest(client.get(path, by=employee, params={"limit": 1})) == charge_id
            assert client.get(f"/v1/people/{employee.person_id}/enrolments", by=employee).json()["data"]
        assert reads(one)["served"] == before
    assert "replica_promoted" in server.log_path.read_text()


def test_a_fail_over_moves_both(replicated, contract):
    """The stand-by becomes the primary, and another one its stand-by: the last test, since the old primary is gone."""
    hosts = [replicated.primary, replicated.stand_by]
    url = f"host={','.join(str(node.socket_directory) for node in hosts)} user=postgres dbname=yibao"
    third = replicated.follow(replicated.stand_by)
    replica = f"host={','.join(str(node.socket_directory) for node in (replicated.stand_by, third))} user=postgres dbname=yibao"
    server = replicated.start(DATABASE_URL=url, YIBAO_REPLICA_URL=replica)
    api, employee = Client(server, contract), replicated.demo.employee
    served_again(server, lambda: reads_once(server, api, employee))
    replicated.primary.kill()
    replicated.stand_by.promote()
    wait_until(lambda: server.ready_status() == 200, "the server to be back")
    charge_id = wait_until(lambda: charged(api, replicated), "a charge at the new primary")
    asked = Asked(third)

    def read():
        path = f"/v1/accounts/{employee.account_id}/entries"
        assert newest(api.get(path, by=employee, params={"limit": 1})) == charge_id

    served_again(server, read)
    assert asked.counts()["account_entries"] > 0


def charged(api, replicated):
    answer = charges.charge(api, replicated.demo.provider("hospital"), replicated.demo.employee.account_id, 1)
    assert answer.status_code in (201, 503)
    return answer.status_code == 201 and answer.json()["charge_id"]
