"""Statements that fail: only whose fault it is is hurt, and conflicts, locks and migrations are not seen outside."""
# SPDX-License-Identifier: Apache-2.0
import collections
import contextlib
import time
import uuid

import pytest
from tests.harness.crowd import Crowd
from tests.harness.database import BINARY
from tests.harness.problems import check_problem
from tests.harness.server import Server, wait_until
from tests.http.lanes import Stand

REGION = {"path": "/v1/regions/620500"}


@pytest.fixture(scope="module")
def stand(own_database, tmp_path_factory):
    with Stand(own_database, tmp_path_factory.mktemp("lanes") / "server.log") as stand:
        yield stand


@pytest.fixture(scope="module")
def citizens(stand):
    """All with an account; their tokens are known to the server, so that only balances are asked for."""
    citizens = [citizen for citizen in stand.demo.citizens if citizen.account_id]
    assert len(citizens) >= 4
    return citizens


def statuses(answers):
    return [answer.status_code for answer in answers]


def test_a_poisonous_member_hurts_only_itself(stand, citizens):
    poison = citizens[1]
    questions = [stand.balance(citizen) for citizen in citizens] * 4 + [REGION] * 6
    stand.ask_all(questions)
    bisected = stand.metric("yibaod_lane_batches_bisected_total")
    with stand.rows_raise("account", f"IF id = '{poison.account_id}' THEN RAISE 'poison'; END IF;"):
        answers = stand.ask_all_in_one_batch(questions)
    for question, answer in zip(questions, answers):
        if question.get("by") is poison:
            check_problem(answer, 500, "internal_error")
        else:
            assert answer.status_code == 200, answer.text
    assert stand.metric("yibaod_lane_batches_bisected_total") > bisected
    assert stand.ask(**stand.balance(poison)).status_code == 200


def test_a_missing_privilege_hurts_only_its_statement(stand, citizens):
    with stand.sql() as connection:
        connection.execute("REVOKE SELECT ON region FROM yibao_app")
        try:
            questions = [stand.balance(citizen) for citizen in citizens] * 2 + [REGION] * 3
            answers = stand.ask_all_in_one_batch(questions)
        finally:
            connection.execute("GRANT SELECT ON region TO yibao_app")
    assert statuses(answers) == [200] * (len(questions) - 3) + [500] * 3
    assert stand.ask(**REGION).status_code == 200


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_conflicts_are_not_seen_outside(stand, citizens, sqlstate):
    retried = stand.metric("yibaod_lane_batches_retried_total")
    with stand.rows_raise("account", f"IF random() < 0.03 THEN RAISE 'conflict' USING ERRCODE = '{sqlstate}'; END IF;"):
        for _ in range(12):
            answers = stand.ask_all([stand.balance(citizen) for citizen in citizens] * 2)
            assert set(statuses(answers)) == {200}
    assert stand.metric("yibaod_lane_batches_retried_total") > retried


@pytest.mark.parametrize("sqlstate", ["40001", "P0001"])
def test_a_commit_that_fails(stand, sqlstate):
    """The statement has given its rows already: they are no answer, and who is innocent gets one."""
    run = uuid.uuid4().hex[:8]
    labels = [f"commit {run} {number}" for number in range(12)]
    body = f"IF NEW.label = '{labels[3]}' THEN RAISE 'no' USING ERRCODE = '{sqlstate}'; END IF;"
    with stand.commits_raise(body):
        answers = stand.ask_all_in_one_batch([stand.new_token(label) for label in labels], table="token")
    for label, answer in zip(labels, answers):
        if label == labels[3]:
            check_problem(answer, 503 if sqlstate == "40001" else 500)
            assert stand.tokens(label) == []
        elif sqlstate == "P0001":
            assert answer.status_code == 201, answer.text
        if answer.status_code == 201:
            assert stand.tokens(label) == [answer.json()["token_id"]]


def test_a_statement_that_times_out_is_alone_in_it(stand, citizens):
    slow = citizens[2]
    questions = [stand.balance(citizen) for citizen in citizens] * 2 + [REGION] * 3
    stand.ask_all(questions)
    with stand.rows_raise("account", f"IF id = '{slow.account_id}' THEN PERFORM pg_sleep(20); END IF;"):
        answers = stand.ask_all_in_one_batch([q for q in questions if q.get("by") is not slow] + [stand.balance(slow)])
    response = check_problem(answers[-1], 503, "deadline_exceeded")
    assert response and int(answers[-1].headers["retry-after"]) >= 1
    assert set(statuses(answers[:-1])) == {200}


def test_a_locked_table_refuses_only_who_needs_it(stand, citizens):
    questions = [stand.balance(citizen) for citizen in citizens] * 2 + [REGION] * 3
    stand.ask_all(questions)
    with stand.sql() as connection, connection.transaction():
        connection.execute("LOCK TABLE region IN ACCESS EXCLUSIVE MODE")
        answers = stand.ask_all(questions)
    for question, answer in zip(questions, answers):
        if question is REGION:
            check_problem(answer, 503)
        else:
            assert answer.status_code == 200, answer.text


def test_a_migration_changes_the_type_of_a_result(stand):
    """Prepared statements become stale: they are prepared anew, and nobody is refused."""
    seen = collections.Counter()

    def read(_):
        seen[stand.ask(**REGION).status_code] += 1

    with stand.sql() as connection, Crowd(4, read):
        for type_name in ("varchar(100)", "text", "varchar(200)", "text"):
            connection.execute(f"ALTER TABLE region ALTER COLUMN name TYPE {type_name}")
            time.sleep(0.7)
    assert set(seen) == {200}


def test_preparing_takes_as_long_as_it_must(stand):
    """Three statements each wait for less than their time-outs, all of them for more: still no connection starts over."""
    with contextlib.ExitStack() as open_connections:
        locked = [open_connections.enter_context(stand.sql()) for _ in ("challenge", "interest_run", "view_grant")]
        for connection, table in zip(locked, ("challenge", "interest_run", "view_grant"), strict=True):
            connection.execute(f"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        settings = {"YIBAO_READ_TIMEOUT_MS": "5000", "YIBAO_WRITE_TIMEOUT_MS": "5000", "YIBAO_SLOW_TIMEOUT_MS": "5000"}
        server = Server(BINARY, {**stand.server.environment, **settings}, stand.server.log_path.with_name("patient.log"))
        open_connections.callback(server.stop)
        for connection in locked:
            time.sleep(1.9)  # of 2.5 s for a lock, 5 s for a statement, 3 s for the next sign of life
            connection.execute("COMMIT")
        server.wait_ready()
        assert "postgres_connection_lost" not in server.log_path.read_text()


def test_a_result_of_an_unforeseen_type_is_refused_not_misread(stand, citizens):
    """A number of eight bytes is now one of any length: read as before it would be read past its end."""
    question = stand.balance(citizens[0])
    with stand.sql() as connection:
        connection.execute("ALTER TABLE account ALTER COLUMN version TYPE numeric")
        try:
            wait_until(lambda: stand.ask(**question).status_code == 500, "the unreadable result")
            assert stand.ask(**REGION).status_code == 200
        finally:
            connection.execute("ALTER TABLE account ALTER COLUMN version TYPE bigint")
    wait_until(lambda: stand.ask(**question).status_code == 200, "the balance again")


def test_a_look_is_recorded_once_however_often_its_batch_is_repeated(stand, citizens):
    """Staff read through the slow lane, where the record and the reading are one transaction."""
    operator = stand.demo.staff("operator")
    retried = stand.metric("yibaod_lane_batches_retried_total")
    with stand.sql() as connection:
        count = "SELECT count(*) FROM audit_event WHERE object_id = %s AND action = 'get_account_balance'"
        (before,) = connection.execute(count, [citizens[0].account_id]).fetchone()
        chance = f"id = '{citizens[0].account_id}' AND random() < 0.3"
        with stand.rows_raise("account", f"IF {chance} THEN RAISE 'conflict' USING ERRCODE = '40001'; END IF;"):
            question = {**stand.balance(citizens[0]), "by": operator}
            assert statuses(stand.ask_all([question] * 40)) == [200] * 40
        (after,) = connection.execute(count, [citizens[0].account_id]).fetchone()
    assert stand.metric("yibaod_lane_batches_retried_total") > retried
    assert after == before + 40
