#!/usr/bin/python3
"""Records a release for tests/changes/: its database, filled by its own tests over HTTP, what it answers, and its statements."""
# SPDX-License-Identifier: Apache-2.0
#
# Usage: record_release.py CHECKOUT [PYTEST_ARGUMENT…]
#
# CHECKOUT is a built tree of the release. Its own pytest runs there with the arguments (test files), and this file as a plugin.
# tests/data/schemas/NNNN.{sql.xz,replies.json.xz,statements.json.xz,key} are written anew; NNNN is the number of its last migration.
import importlib
import json
import lzma
import os
import pathlib
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

HERE = pathlib.Path(__file__).resolve()
RELEASES = HERE.parent.parent / "tests/data/schemas"
PEOPLE_MAX, CHARGES_MAX = 40, 30
PEOPLE = """
    SELECT person.person_id, account.account_id FROM person LEFT JOIN account USING (person_key)
     WHERE person.person_id = ANY (%s) OR account.account_id IN
           (SELECT account_id FROM ledger_entry GROUP BY account_id ORDER BY count(*) DESC, account_id LIMIT %s)
     ORDER BY 1, 2"""
CHARGES = "SELECT charge_id FROM charge ORDER BY refunded_fen DESC, charge_id LIMIT %s"
OF_PERSON = ("", "/accounts", "/enrolments", "/contributions?limit=100", "/receivables", "/transfers", "/withdrawals", "/wallet",
             "/family-memberships", "/view-grants", "/wallet-transfers")
OF_ACCOUNT = ("", "/balance", "/entries?limit=100", "/interest", "/credits", "/family-members", "/wallet-transfers", "/view-grants")


def pytest_configure():
    """Before there were adjustments over HTTP, tests posted some behind the program's back, which no auditor takes for its own."""
    if not pathlib.Path("db/migrations/0070_adjustments.sql").exists():
        importlib.import_module("tests.harness.money").post = lambda *_, **__: pytest.skip("posts by itself")


def write(name, content):
    (RELEASES / name).write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))


def answer(server, path, token):
    """The body of a 200, or None."""
    request = urllib.request.Request(server.base_url + path, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.load(reply)
    except urllib.error.HTTPError:
        return None


def paths(connection, demo):
    with connection.cursor() as sql:
        people = sql.execute(PEOPLE, [[citizen.person_id for citizen in demo.citizens], PEOPLE_MAX]).fetchall()
        has_charges = sql.execute("SELECT to_regclass('charge') IS NOT NULL").fetchone()[0]
        charges = sql.execute(CHARGES, [CHARGES_MAX]).fetchall() if has_charges else []
    for person_id in sorted({str(person_id) for person_id, _ in people}):
        yield from (f"/v1/people/{person_id}{rest}" for rest in OF_PERSON)
    for account_id in sorted({str(account_id) for _, account_id in people if account_id}):
        yield from (f"/v1/accounts/{account_id}{rest}" for rest in OF_ACCOUNT)
    yield from (f"/v1/charges/{charge_id}" for (charge_id,) in charges)


def record_replies(name, connection, server, database):
    demo = database.demo
    token = demo.staff("operator").token
    asked = ((path, answer(server, path, token)) for path in paths(connection, demo))
    replies = {path: body for path, body in asked if body is not None}
    document = {"demo": json.loads(database.demo_path.read_text(encoding="utf-8")), "replies": replies}
    write(f"{name}.replies.json.xz", json.dumps(document, ensure_ascii=False, sort_keys=True).encode())
    return len(replies)


def record_statements(name, checkout):
    files = sorted((checkout / "db/queries").glob("*.sql"))
    write(f"{name}.statements.json.xz", json.dumps({file.stem: file.read_text(encoding="utf-8") for file in files}).encode())


@pytest.fixture(scope="session", autouse=True)
def recorded(cluster, main_database, server, connect):
    yield
    checkout = pathlib.Path.cwd()
    with connect() as connection:
        version = connection.execute("SELECT version FROM schema_migration ORDER BY version DESC LIMIT 1").fetchone()[0]
        name = f"{version:04d}"
        count = record_replies(name, connection, server, main_database)
    server.stop()
    main_database.run(checkout / "build/yibaod", "audit")
    dump = subprocess.run([cluster.bin / "pg_dump", "--no-owner", "-d", main_database.url], capture_output=True, check=True).stdout
    guarded = (b"\\restrict ", b"\\unrestrict ")  # which psql of last year does not know
    write(f"{name}.sql.xz", b"".join(line for line in dump.splitlines(keepends=True) if not line.startswith(guarded)))
    (RELEASES / f"{name}.key").write_bytes(pathlib.Path(main_database.environment["YIBAO_MASTER_KEY_FILE"]).read_bytes())
    record_statements(name, checkout)
    print(f"\nrecorded {name}: {count} replies, {(RELEASES / f'{name}.sql.xz').stat().st_size >> 10} KiB")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    checkout = pathlib.Path(sys.argv[1]).resolve()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "record_release", "-p", "no:cacheprovider", *sys.argv[2:]]
    os.chdir(checkout)
    os.execve(sys.executable, command, {**os.environ, "PYTHONPATH": str(HERE.parent)})


if __name__ == "__main__":
    main()
