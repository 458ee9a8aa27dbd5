"""Business time is the server's, never PostgreSQL's: days, ends of months and years, holds to the instant, clocks that disagree."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import pathlib
import re

import psycopg
import pytest
from tests.db.charging import add_account, add_provider, capture, change, created, hold, statuses
from tests.harness import charges
from tests.harness.database import BINARY, Database
from tests.harness.people import Principal
from tests.harness.problems import check_problem
from tests.harness.server import ROOT, wait_until

CHINA = datetime.timezone(datetime.timedelta(hours=8))
SECOND = datetime.timedelta(seconds=1)
MICROSECOND = datetime.timedelta(microseconds=1)
WORDS = re.compile(r"\b(now\(\)|clock_timestamp|(current|local)_(date|timestamp|time)|(transaction|statement)_timestamp|timeofday)\b", re.I)
# Ids, which decide nothing, and the instant of audit events, which is real time.
NOT_BUSINESS = {"660_person_id_tick.sql", "673_proposal_apply_merge_people.sql", "873_job_post_interest.sql",
                "925_credit_run_announce.sql", "926_job_post_credit_run.sql", "950_job_post_credit_recomputation.sql",
                "972_state_record.sql"}


@pytest.fixture(scope="module")
def database(cluster, tmp_path_factory):
    return Database(cluster, "clock", tmp_path_factory.mktemp("clock"))


@pytest.fixture
def start(database, servers):
    """A server whose business time begins at an instant."""
    with servers.on(database) as own:
        yield lambda instant, **settings: own(
            {"YIBAO_TEST_CLOCK": instant, "YIBAO_REACTORS": "1", "YIBAO_SERVE_WORKS": "no", **settings})


@pytest.fixture
def books(database):
    with psycopg.connect(database.url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def provider(books, start, client_of, database):
    provider_id = add_provider(books, regions=["000000"])
    api = client_of(start("2027-01-01T00:00:00+08:00"))
    body = {"kind": "client", "label": "test", "subject_id": str(provider_id)}
    made = api.post("/v1/admin/tokens", by=database.demo.admin, json=body)
    assert made.status_code == 201, made.text
    return Principal(made.json()["token"], "client", subject_id=str(provider_id))


def posted_at(books, account):
    rows = books.execute("SELECT posted_at FROM ledger_entry WHERE account_id = %s ORDER BY seq", [account.account_id])
    return [instant for (instant,) in rows]


@pytest.mark.parametrize(("instant", "day"), [
    ("2027-12-31T15:00:00Z", "2027-12-31"),
    ("2027-12-31T16:00:00Z", "2028-01-01"),
    ("2028-02-29T00:00:00+08:00", "2028-02-29"),
    ("2028-02-28T23:00:00+08:00", "2028-02-28"),
    ("2028-02-29T16:00:00Z", "2028-03-01"),
    ("2027-02-28T16:00:00Z", "2027-03-01"),
    ("2027-04-30T12:00:00+08:00", "2027-04-30"),
    ("2099-12-31T23:00:00+08:00", "2099-12-31"),
])
def test_the_business_day_is_that_of_shanghai(books, start, client_of, provider, instant, day):
    api, account = client_of(start(instant)), add_account(books, 1000)
    made = charges.charged(api, provider, account.account_id, 10)
    assert made["business_date"] == day
    [entry_date] = books.execute("SELECT business_date FROM ledger_entry WHERE operation_id = %s", [made["charge_id"]]).fetchone()
    assert entry_date.isoformat() == day
    begun = datetime.datetime.fromisoformat(instant)
    assert begun <= datetime.datetime.fromisoformat(made["created_at"]) < begun + 600 * SECOND
    assert begun <= posted_at(books, account)[-1] < begun + 600 * SECOND, "not PostgreSQL's time"


@pytest.mark.parametrize(("after", "status"), [(-MICROSECOND, "captured"), (0 * SECOND, "hold_expired"), (MICROSECOND, "hold_expired")])
@pytest.mark.parametrize("is_swept", [False, True])
def test_a_hold_ends_to_the_microsecond_swept_or_not(books, after, status, is_swept):
    provider = add_provider(books)
    of = created(books, hold(add_account(books, 1000), provider, 100, instant=datetime.datetime(2027, 5, 31, 23, 0, tzinfo=CHINA)))
    instant = of.expires_at + after
    if is_swept:
        books.execute("SELECT charge_expire(%s, %s, 1000)", [instant, instant])
    assert statuses(capture(books, change(of, after=instant - of.instant))) == [status]


def test_a_server_whose_clock_is_past_the_end_of_a_hold_expires_it(books, start, database):
    provider = add_provider(books)
    end = datetime.datetime(2028, 3, 1, 0, 0, tzinfo=CHINA)
    of = created(books, hold(add_account(books, 1000), provider, 100, instant=end - 3600 * SECOND, lasts=3600 * SECOND))
    later = created(books, hold(add_account(books, 1000), provider, 100, instant=end, lasts=7200 * SECOND))
    start(end.isoformat(), YIBAO_SERVE_WORKS="yes")
    state = "SELECT state FROM charge WHERE charge_id = %s"
    wait_until(lambda: books.execute(state, [of.charge_id]).fetchone() == ("expired",), "the hold to expire")
    assert books.execute(state, [later.charge_id]).fetchone() == ("held",)
    database.run(BINARY, "audit")


def test_clocks_minutes_apart_and_one_that_goes_back(books, start, client_of, provider, database):
    """Whoever is asked, the entries of an account follow each other in time."""
    account = add_account(books, 1000)
    fast, slow = (client_of(start(f"2027-06-30T{time}+08:00")) for time in ("23:58:00", "23:51:00"))
    for api in (fast, slow, fast, slow):
        charges.charged(api, provider, account.account_id, 10)
    instants = posted_at(books, account)
    assert instants == sorted(instants) and len(instants) == 5
    assert instants[-1] >= datetime.datetime(2027, 6, 30, 23, 58, tzinfo=CHINA)
    back = client_of(start("2027-01-31T00:00:00+08:00"))
    made = charges.charged(back, provider, account.account_id, 10)
    assert posted_at(books, account)[-1] == instants[-1]
    assert made["business_date"] == "2027-01-31"
    database.run(BINARY, "audit")


def test_a_hold_must_end_after_the_servers_present(books, start, client_of, provider):
    api, account = client_of(start("2027-12-31T23:00:00+08:00")), add_account(books, 1000)
    over = charges.charge(api, provider, account.account_id, 10, capture=False, expires_at="2027-12-31T22:59:59+08:00")
    check_problem(over, 409, "hold_expired")
    open_ = charges.charged(api, provider, account.account_id, 10, capture=False, expires_at="2028-01-01T01:00:00+08:00")
    assert open_["state"] == "held"
    too_long = charges.charge(api, provider, account.account_id, 10, capture=False, expires_at="2099-01-01T01:00:00+08:00")
    check_problem(too_long, 409, "hold_too_long")


def statements():
    for folder in ("functions", "queries", "migrations", "import", "data"):
        yield from sorted((ROOT / "db" / folder).rglob("*.sql"))


def test_no_statement_asks_postgresql_what_time_it_is():
    found = {}
    for path in map(pathlib.Path, statements()):
        lines = path.read_text(encoding="utf-8").splitlines()
        said = [line for line in lines if WORDS.search(line.split("--")[0])]
        if said:
            found[path.name] = said
    assert set(found) <= NOT_BUSINESS, found
