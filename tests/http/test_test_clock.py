"""POST /v1/test-clock: business time goes forward in every process of a deployment, never back, and in production not at all."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import os
import subprocess

import psycopg
import pytest
from tests.db.charging import add_account, add_provider, created, hold, row
from tests.harness import production
from tests.harness.database import BINARY, Database
from tests.harness.people import Principal
from tests.harness.problems import check_problem, faults
from tests.harness.server import wait_until

PATH = "/v1/test-clock"
DAY = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)
SLACK = 600 * SECOND  # between two looks at a clock, on whatever machine


@pytest.fixture(scope="module")
def database(cluster, tmp_path_factory):
    """The shared database's clock must not move."""
    return Database(cluster, "test_clock", tmp_path_factory.mktemp("test-clock"))


@pytest.fixture
def start(database, servers):
    with servers.on(database) as own:
        yield lambda command="serve", **settings: own(
            {"YIBAO_REACTORS": "1", "YIBAO_SERVE_WORKS": "no", **settings}, command=command)


@pytest.fixture
def books(database):
    with psycopg.connect(database.url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def officer(database):
    return database.demo.staff("security")


def ahead(clocks):
    clocks = {name: datetime.datetime.fromisoformat(value) for name, value in clocks.items()}
    return clocks["business_time"] - clocks["real_time"]


def looked(api, officer):
    response = api.get(PATH, by=officer)
    assert response.status_code == 200, response.text
    return ahead(response.json())


def moved(api, officer, **body):
    response = api.post(PATH, by=officer, json=body)
    assert response.status_code == 200, response.text
    return ahead(response.json())


def test_every_process_follows(start, client_of, books, officer):
    one, other = client_of(start()), client_of(start())
    start("work")
    charge = created(books, hold(add_account(books, 1000), add_provider(books), 100,
                                 instant=datetime.datetime.now(datetime.timezone.utc) + looked(one, officer), lasts=DAY))
    before = looked(one, officer)
    assert moved(one, officer, advance_s=86400 + 600) - before >= DAY
    wait_until(lambda: looked(other, officer) - before >= DAY, "the other server to follow")
    wait_until(lambda: row(books, charge, "state") == ("expired",), "the worker to follow, and the hold to expire")
    assert looked(client_of(start()), officer) - before >= DAY, "who starts later"


def test_a_process_with_a_clock_of_its_own_adds_it(start, client_of, officer):
    api = client_of(start())
    before = moved(api, officer, advance_s=3600)
    server = client_of(start(YIBAO_TEST_CLOCK="2040-01-01T00:00:00+08:00"))
    business = datetime.datetime.fromisoformat(server.get(PATH, by=officer).json()["business_time"])
    assert datetime.timedelta(0) <= business - datetime.datetime.fromisoformat("2040-01-01T00:00:00+08:00") - before < SLACK


def test_to_an_instant_and_never_back(start, client_of, books, officer):
    api = client_of(start())
    there = datetime.datetime.now(datetime.timezone.utc) + looked(api, officer) + 40 * DAY
    response = api.post(PATH, by=officer, json={"to": there.isoformat()})
    assert response.status_code == 200, response.text
    business = datetime.datetime.fromisoformat(response.json()["business_time"])
    assert datetime.timedelta(0) <= business - there < SLACK
    for back in (there, there - DAY, there - 4000 * DAY):
        check_problem(api.post(PATH, by=officer, json={"to": back.isoformat()}), 409, "conflict")
    check_problem(api.post(PATH, by=officer, json={"to": "9000-01-01T00:00:00Z"}), 409, "conflict")
    assert moved(api, officer, advance_s=0) >= 39 * DAY
    events = "SELECT actor_kind, actor_id::text, detail FROM audit_event WHERE action = 'move_test_clock' AND request_id = %s"
    [(kind, actor, detail)] = books.execute(events, [response.headers["X-Request-Id"]]).fetchall()
    assert kind == "staff" and actor is not None and detail["advance_us"] > 0


def test_what_is_asked_for_must_be_one_of_the_two(start, client_of, officer):
    api = client_of(start())
    for body, pointer, code in (
        ({}, "/body/to", "required"),
        ({"to": "2030-01-01T00:00:00Z", "advance_s": 1}, "/body/advance_s", "not_allowed"),
        ({"advance_s": -1}, "/body/advance_s", None),
        ({"advance_s": 315576001}, "/body/advance_s", None),
        ({"to": "tomorrow"}, "/body/to", None),
    ):
        response = api.post(PATH, by=officer, json=body)
        check_problem(response, 400, "validation_failed")
        assert list(faults(response)) == [pointer] and code in (None, faults(response)[pointer]), response.text


def test_members_of_one_batch_add_up_and_a_repeated_one_counts_once(books):
    ids = [f"01900000-0000-7000-8000-00000000000{i}" for i in range(3)]
    call = "SELECT status, advance_us FROM test_clock_move(%s, %s, %s, %s, %s, %s, %s) ORDER BY ord"
    now = datetime.datetime.now(datetime.timezone.utc)
    [before] = books.execute("SELECT advance_us FROM test_clock").fetchone()
    values = [[None, None, before + 500], [None, None, 1000], [7, 5, None], ids, [now] * 3, ids, ["a", "b", "c"]]
    expected = [("moved", before + 7_000_000), ("moved", before + 12_000_000), ("conflict", before + 12_000_000)]
    assert books.execute(call, values).fetchall() == expected
    again = books.execute(call, values).fetchall()
    assert [advance for _, advance in again] == [before + 12_000_000] * 3


def run(environment, *arguments):
    return subprocess.run([BINARY, *arguments], env=environment, capture_output=True, text=True, timeout=120)


def test_production_has_no_test_clock(cluster, client_of, tmp_path):
    url = cluster.create_database("test_clock_production")
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "YIBAO_MASTER_KEY_FILE": str(tmp_path / "master.key"),
                   "YIBAO_MODE": "production"}
    with production.durable(cluster):
        assert run(environment, "migrate").returncode == 0
        made = run(environment, "token", "create", "--kind", "staff", "--role", "security", "--region", "000000")
        assert made.returncode == 0, made.stderr
        officer = Principal(made.stdout.strip(), "staff")
        production.make_role(cluster)
        service = production.Service(cluster, "test_clock_production", tmp_path / "master.key")
        server = service.start(tmp_path / "log", YIBAO_SERVE_WORKS="no").wait_ready()
        api = client_of(server)
        check_problem(api.get(PATH, by=officer), 404, "not_found")
        check_problem(api.post(PATH, by=officer, json={"advance_s": 60}), 404, "not_found")
        assert server.stop() == 0
        with psycopg.connect(url, autocommit=True) as connection:
            assert connection.execute("SELECT advance_us FROM test_clock").fetchone() == (0,)
            connection.execute("UPDATE test_clock SET advance_us = 1")
    for command in ("serve", "work", "migrate"):
        refused = run(environment, command)
        assert refused.returncode == 1 and "moved by a test" in refused.stderr, refused.stderr
