"""What staff see of system accounts: the sum of all entries, by snapshot or not, of their regions only."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest
from tests.db.charging import add_account
from tests.db.posting import Entry, post
from tests.harness.database import BINARY, Database
from tests.harness.people import Principal
from tests.harness.server import wait_until

PATH = "/v1/admin/system-accounts"
POOL, OTHER = "620500", "440100"
SUMS = """SELECT system_account, sum(CASE direction WHEN 'debit' THEN amount_fen ELSE -amount_fen END)::bigint, count(*)
            FROM ledger_entry WHERE split_part(system_account, ':', 2) = %s GROUP BY 1"""


@pytest.fixture(scope="module")
def database(cluster, tmp_path_factory):
    return Database(cluster, "system_accounts", tmp_path_factory.mktemp("system_accounts"))


@pytest.fixture(scope="module")
def start(database, servers):
    with servers.on(database) as own:
        yield own


@pytest.fixture(scope="module")
def api(start, client_of):
    return client_of(start())


@pytest.fixture(scope="module")
def books(database):
    with database.cluster.connect("system_accounts") as connection:
        yield connection


@pytest.fixture(scope="module")
def staff(api, database):
    def make(role="auditor", regions=("620000",)):
        body = {"kind": "staff", "label": "test", "roles": [role], "regions": list(regions)}
        made = api.post("/v1/admin/tokens", by=database.demo.admin, json=body).json()
        return Principal(made["token"], "staff", regions=tuple(regions))

    return make


def shown(api, by, pool=POOL, **query):
    return {row["system_account"]: row for row in api.pages(PATH, by=by, params={"pool_code": pool, **query}, limit=4)}


def as_posted(books, pool=POOL):
    return {name: (fen, number) for name, fen, number in books.execute(SUMS, [pool]).fetchall()}


def balances(rows):
    return {name: (row["balance_fen"], row["entries"]) for name, row in rows.items() if row["entries"]}


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def test_balances_are_the_sums_before_and_after_a_cut(api, books, staff, database):
    auditor = staff()
    account = add_account(books, 5000)
    rows = shown(api, auditor)
    assert len(rows) >= 9 and balances(rows) == as_posted(books)
    assert all(row["snapshot_at"] is None and row["pool_code"] == POOL for row in rows.values())
    books.execute("UPDATE sweep SET next_at = '-infinity', last_at = now() WHERE name = 'snapshots'")
    wait_until(lambda: shown(api, auditor)[f"adjustment:{POOL}"]["snapshot_at"], "the snapshot")
    assert balances(shown(api, auditor)) == as_posted(books)
    post(books, [Entry(account, 11), Entry(account, 4, direction="debit")], instant=now())
    rows = shown(api, auditor)
    assert balances(rows) == as_posted(books)
    assert rows[f"adjustment:{POOL}"]["snapshot_at"] < now().isoformat()
    database.run(BINARY, "audit")


def test_only_of_ones_own_regions(api, books, staff):
    add_account(books, 70, pool_code=OTHER)
    assert shown(api, staff(regions=[POOL])) and shown(api, staff("policy", [POOL]))
    assert shown(api, staff(regions=["440000"]), OTHER)[f"adjustment:{OTHER}"]["balance_fen"] == -70
    for pool in (OTHER, "999999"):
        assert shown(api, staff(), pool) == {}
    assert api.get(PATH, by=staff("operator"), params={"pool_code": POOL}).status_code == 403
    assert api.get(PATH, by=staff()).status_code == 400
