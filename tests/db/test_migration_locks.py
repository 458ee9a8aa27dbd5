"""What migrations do to tables that hold much already: nothing for which requests would wait longer than for a moment."""
# SPDX-License-Identifier: Apache-2.0
import re

import pytest
from tests.db.conftest import ROOT

FILES = sorted((ROOT / "db/migrations").glob("*.sql"))
# Tables of rules, keys and counters hold a few rows, or hundreds.
SMALL = {
    "account_status_rule", "attempt_limit", "charge_rule", "client", "coverage_rule", "credit_policy", "data_key", "entry_rule",
    "interest_rule", "job", "pool", "proposal", "sweep", "usage_rule", "working_day",
}  # fmt: skip
VALIDATION = re.compile(r"ALTER TABLE \w+ VALIDATE CONSTRAINT \w+")  # server/pg/validation.h: after the commit
# Landed before this was looked at, and never edited; docs/operations/upgrade.md says for which tables it matters.
LANDED = {"0020", "0025", "0029", "0030", "0034", "0062", "0090", "0094", "0096", "0098", "0100", "0101"}


def up(file):
    """(runs in one transaction, its text without comments)"""
    text = file.read_text(encoding="utf-8").split("-- migrate:up", 1)[1].split("\n-- migrate:down", 1)[0]
    options, text = text.split("\n", 1)
    return "transaction:false" not in options, re.sub(r"--[^\n]*|'(?:[^']|'')*'", "''", text)


def statements(text):
    return [part.strip() for part in text.split(";") if part.strip()]


def table_of(statement, pattern):
    found = re.match(pattern, statement, re.I | re.S)
    return found[1].lower() if found else None


def faults(file):
    """What takes long on a table that was there before, under a lock that requests wait for."""
    in_transaction, text = up(file)
    new, found = set(SMALL), []
    for statement in statements(text):
        made = table_of(statement, r"CREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)")
        if made:
            new.add(made)
            continue
        table = table_of(statement, r"CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)(?:\w+\s+)?ON\s+(\w+)")
        if table and table not in new:
            found.append(f"index on {table}")
        table = table_of(statement, r"ALTER\s+TABLE\s+(?:ONLY\s+)?(\w+)")
        if table and table not in new:
            found += [f"{what} of {table}" for what in altering(statement, in_transaction)]
        table = table_of(statement, r"(?:UPDATE|DELETE\s+FROM)\s+(\w+)")
        if table and table not in new and in_transaction:
            found.append(f"back-fill of {table}")
    return found


def altering(statement, in_transaction):
    for part in re.split(r",\s*(?=ADD|ALTER|DROP|VALIDATE)", statement):
        if re.search(r"\bADD\s+(CONSTRAINT|CHECK|UNIQUE|PRIMARY|FOREIGN)", part, re.I) and "NOT VALID" not in part.upper():
            yield "checking all rows"
        elif re.search(r"\bADD\s+COLUMN\b.*\b(CHECK|REFERENCES|UNIQUE|GENERATED)\b", part, re.I | re.S):
            yield "checking all rows for a column"
        elif in_transaction and re.search(r"\bVALIDATE\b", part, re.I) and not VALIDATION.fullmatch(statement):
            yield "validating beside other changes"
        elif re.search(r"\bSET\s+NOT\s+NULL|\bTYPE\b", part, re.I):
            yield "looking at all rows"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name[:-4])
def test_nothing_long_under_a_lock(file):
    found = faults(file)
    assert not found or file.name[:4] in LANDED, found


def test_what_takes_long_is_told():
    """Or the test above would prove nothing."""
    assert {file.name[:4] for file in FILES if faults(file)} == LANDED
