"""Databases of earlier releases, with what those had done: migrated, nothing has changed, the books are in order, and work goes on."""
# SPDX-License-Identifier: Apache-2.0
import os

import pytest
from tests.changes import release
from tests.harness import changes, charges, clients, providers
from tests.harness.people import Principal
from tests.harness.signing import Citizen, Door, bearer
from tests.harness.sms import Sms
from tests.harness.statements import statement

# What nobody may change: balances, the chain of entries, what is sealed and the keys of it.
KEPT = [
    "SELECT account_id, current_year_fen, carried_over_fen, version, encode(last_hash, 'hex') FROM account ORDER BY 1",
    "SELECT count(*), sum(amount_fen), md5(string_agg(encode(hash, 'hex'), '' ORDER BY person_key, account_id, seq)) FROM ledger_entry",
    "SELECT person_id, md5(citizen_number_sealed), md5(name_sealed), birth_date FROM person ORDER BY 1",
    "SELECT count(*), sum(personal_fen) FROM contribution",
    "SELECT purpose, version, md5(wrapped) FROM data_key ORDER BY 1, 2",
]
SAMPLE = int(os.environ.get("YIBAO_REPLIES", "120"))  # of each release; 9999: all
# Statements of releases before the last one that run no more, each with the reason: {"0012": {"name": "why"}}.
CHARGES = {name: "charge_detail is gone with 0120" for name in ("account_entries", "account_pending", "account_statement")}
GONE = {
    "0012": {"token_create": "its function is gone with 0120"},
    "0051": {name: "its function is gone with 0120" for name in ("client_create", "client_update")},
    "0074": CHARGES,
    "0091": CHARGES,
}


def kept(database):
    with database.connect() as sql:
        return [sql.execute(query).fetchall() for query in KEPT]


@pytest.fixture(scope="module", params=release.NAMES)
def earlier(request, cluster, tmp_path_factory):
    """A database of that release, migrated."""
    database = release.Release(cluster, request.param, tmp_path_factory.mktemp(request.param))
    before = kept(database)
    assert before[1][0][0] > 0, "it holds entries"
    database.run("migrate")
    *books, keys = kept(database)
    assert books == before[:-1]
    assert set(keys) >= set(before[-1]), "migrate makes keys for what is new"
    return database


@pytest.fixture(scope="module")
def start(earlier, servers):
    """Today's server on it, whose sweeps change nothing unless they are let."""
    with servers.on(earlier) as started:
        yield started


def test_statements_of_that_time_run(earlier):
    """The release before serves while its successor's schema is there already; those before it happen to as well."""
    with earlier.connect() as sql:
        sql.execute("SET ROLE yibao_app")
        faults = {name: statement.fault(sql) for name, statement in release.statements(earlier.name).items()}
    found = {name: fault for name, fault in faults.items() if fault}
    assert found.keys() == GONE.get(earlier.name, {}).keys(), found
    assert release.PREVIOUS not in GONE


def test_answers_are_what_they_were(earlier, start, client_of):
    """To the token of that time."""
    api, operator = client_of(start({"YIBAO_SERVE_WORKS": "no"})), earlier.demo.staff("operator")
    for path, before in earlier.some_replies(SAMPLE):
        now = api.get(path, by=operator)
        assert now.status_code == 200, (path, now.text)
        assert list(release.differences(before, now.json())) == [], path


def citizen(earlier, known, door):
    """Signed in with what is on record, or, where no card is, by a token of today's program."""
    if known.card_number is None:
        made = earlier.run("token", "create", "--kind", "citizen", "--subject", known.person_id, "--expires", "1d")
        return Principal(made, "citizen", person_id=known.person_id)
    someone = Citizen(door, Sms(earlier.sms_path), known.person_id, known.name, known.citizen_number, known.card_number, known.phone)
    someone.register()
    return bearer(someone.sign_in())


def provider(api, demo):
    """That of the demo, or a hospital that is registered today."""
    if demo.providers:
        return demo.provider("hospital")
    return clients.registered(api, demo.admin, "provider", **providers.institution())


def test_work_goes_on(earlier, start, contract, client_of):
    """Somebody on record signs in, is charged, gets some of it back, and reads it all on a statement; the auditor finds nothing."""
    server = start({"YIBAO_SERVE_WORKS": "yes"})
    api, door, known = client_of(server), Door(server, contract), earlier.demo.employee
    me = citizen(earlier, known, door)
    account = f"/v1/accounts/{known.account_id}"
    before_fen = door.get(f"{account}/balance", by=me).json()["balance_fen"]
    hospital = provider(api, earlier.demo)
    charge = charges.charged(api, hospital, known.account_id, 100)
    held = changes.held(api, hospital, known.account_id, 50)
    assert changes.capture(api, hospital, held["charge_id"], 40).status_code == 200
    assert changes.refund(api, hospital, charge["charge_id"], 30).status_code == 201
    assert door.get(f"{account}/balance", by=me).json()["balance_fen"] == before_fen - 110
    newest = door.get(f"{account}/statements", by=me).json()["data"][0]["month"]
    closing = statement(door, known, newest, by=me)["closing"]
    assert closing["balance_fen"] == before_fen - 110
    door.close()
    earlier.run("audit")
