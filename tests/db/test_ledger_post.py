"""The posting core: order, chain, refusals, batches of one and of many."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import random

import psycopg
import pytest

from tests.db.posting import INSTANT, ZEROS, Account, Entry, debit, entry_hash, make_id, post, statuses

LARGEST = 9007199254740991


def stored(connection, account):
    return connection.execute(
        "SELECT seq, entry_id, operation_id, linked_entry_id,"
        " CASE direction WHEN 'credit' THEN amount_fen ELSE -amount_fen END, current_year_after_fen,"
        " carried_over_after_fen, business_date, posted_at, kind, part, system_account, reference, hash_algorithm, hash"
        " FROM ledger_entry WHERE person_key = %s AND account_id = %s ORDER BY seq",
        [account.person_key, account.account_id],
    ).fetchall()


def check_chain(connection, account):
    """Recomputes every hash in Python and holds the account's row against the last entry."""
    head, balances = ZEROS, (0, 0)
    rows = stored(connection, account)
    for place, row in enumerate(rows, 1):
        *fields, algorithm, found = row
        assert fields[0] == place
        head = entry_hash(head, account.account_id, *fields, algorithm=algorithm)
        assert found == head
        balances = (fields[5], fields[6])
    current, carried, _, last_seq, last_hash, last_posted_at = account.row(connection)
    assert (current, carried) == balances
    assert (last_seq, last_hash) == (len(rows), head)
    assert last_posted_at == (rows[-1][8] if rows else None)
    return rows


def test_entries_of_an_account_chain_in_order(owner):
    account, other = Account().insert(owner), Account().insert(owner)
    results = post(owner, [
        Entry(account, 1000), Entry(other, 5), Entry(account, 300, part="carried_over"), debit(account, 400),
        debit(account, 300, part="carried_over", reference="参考\\n'\"", linked_entry_id=make_id(account.person_key)),
    ])
    assert [row[:4] for row in results] == [
        ("posted", 1, 1000, 0), ("posted", 1, 5, 0), ("posted", 2, 1000, 300), ("posted", 3, 600, 300),
        ("posted", 4, 600, 0),
    ]
    assert len(check_chain(owner, account)) == 4
    post(owner, [debit(account, 600)])
    assert len(check_chain(owner, account)) == 5
    check_chain(owner, other)
    assert account.row(owner)[2] == 2, "one version for each call, however many entries"


def test_sm3_and_sha256_may_follow_each_other(owner):
    account = Account().insert(owner)
    post(owner, [Entry(account, 1)])
    post(owner, [Entry(account, 2), Entry(account, 3)], algorithm="sm3")
    post(owner, [Entry(account, 4)])
    assert [row[13] for row in check_chain(owner, account)] == ["sha256", "sm3", "sm3", "sha256"]


def test_posting_instant_never_goes_back(owner):
    account = Account().insert(owner)
    earlier = INSTANT - datetime.timedelta(hours=1)
    assert post(owner, [Entry(account, 1)])[0][4] == INSTANT
    assert post(owner, [Entry(account, 1)], instant=earlier)[0][4] == INSTANT
    check_chain(owner, account)


def test_each_fault_has_its_status_and_leaves_nothing(owner):
    account = Account().insert(owner)
    post(owner, [Entry(account, 100)])
    before = account.row(owner)
    faults = {
        "insufficient_balance": [debit(account, 101), debit(account, 1, part="carried_over")],
        "balance_overflow": [Entry(account, LARGEST), Entry(account, LARGEST - 99)],
        "unknown_account": [Entry(Account(), 1)],
        "forbidden_pairing": [
            Entry(account, 1, kind="nonsense"), Entry(account, 1, system_account="adjustment:999999"),
            Entry(account, 1, kind="contribution"), debit(account, 1, kind="interest", system_account="interest:620500"),
        ],
        "malformed": [
            Entry(account, 0), Entry(account, -1), Entry(account, LARGEST + 1), Entry(account, -2**63),
            Entry(account, 2**63 - 1), Entry(account, None), Entry(account, 1, part="both"),
            Entry(account, 1, direction="up"), Entry(account, 1, reference="x" * 257), Entry(account, 1, reference=None),
            Entry(account, 1, business_date=None),
        ],
    }
    for status, entries in faults.items():
        for entry in entries:
            assert statuses(owner, [entry]) == [status], entry
    assert account.row(owner) == before
    assert len(stored(owner, account)) == 1


def test_held_money_cannot_be_taken(owner):
    account = Account().insert(owner)
    post(owner, [Entry(account, 100)])
    owner.execute("UPDATE account SET held_fen = 40 WHERE account_id = %s", [account.account_id])
    assert statuses(owner, [debit(account, 61)]) == ["insufficient_balance"]
    assert statuses(owner, [debit(account, 60)]) == ["posted"]


def test_an_operation_is_all_or_nothing(owner):
    rich, poor, bystander = (Account().insert(owner) for _ in range(3))
    post(owner, [Entry(rich, 1000), Entry(poor, 10)])
    operation = make_id(rich.person_key)
    entries = [
        debit(rich, 50, operation_id=operation), debit(poor, 50, operation_id=operation), Entry(bystander, 7),
        Entry(rich, 3), Entry(poor, 100),
    ]
    assert statuses(owner, entries) == [
        "insufficient_balance", "insufficient_balance", "posted", "deferred", "deferred"
    ]
    assert (rich.row(owner)[0], poor.row(owner)[0], bystander.row(owner)[0]) == (1000, 10, 7)
    assert statuses(owner, entries[3:]) == ["posted", "posted"]
    for account in (rich, poor, bystander):
        check_chain(owner, account)


def test_asking_again_for_what_was_deferred_ends(owner):
    account = Account().insert(owner)
    waiting = [debit(account, 10) for _ in range(5)] + [Entry(account, 15)] + [debit(account, 10) for _ in range(5)]
    rounds = 0
    while waiting:
        found = statuses(owner, waiting)
        waiting = [entry for entry, status in zip(waiting, found) if status == "deferred"]
        rounds += 1
        assert rounds <= 11
    assert account.row(owner)[0] == 5
    check_chain(owner, account)


def test_many_faults_among_many_entries(owner):
    accounts = [Account().insert(owner) for _ in range(50)]
    entries = [Entry(account, 10) for account in accounts for _ in range(100)]
    entries += [debit(account, 5000) for account in accounts[:25]]
    found = statuses(owner, entries)
    assert found.count("insufficient_balance") == 25
    assert found.count("posted") == 2500
    assert found.count("deferred") == 2500


def test_nothing_asked_is_nothing_done(owner):
    assert post(owner, []) == []


def test_random_batches_agree_with_a_model(owner):
    seed = 20260105
    choice = random.Random(seed)
    accounts = [Account().insert(owner) for _ in range(6)]
    model = {account.account_id: {"current_year": 0, "carried_over": 0} for account in accounts}
    for _ in range(40):
        batch = [
            Entry(choice.choice(accounts), choice.randint(1, 60), part=choice.choice(["current_year", "carried_over"]),
                  direction=choice.choice(["credit", "debit"]))
            for _ in range(choice.randint(1, 12))
        ]
        for entry, status in zip(batch, statuses(owner, batch)):
            if status == "posted":
                sign = 1 if entry.direction == "credit" else -1
                model[entry.account.account_id][entry.part] += sign * entry.amount_fen
        for account in accounts:
            assert account.row(owner)[:2] == tuple(model[account.account_id].values()), f"seed {seed}"
    for account in accounts:
        check_chain(owner, account)


def test_lock_passes_over_or_waits(cluster, migrated, owner):
    free, taken = Account().insert(owner), Account().insert(owner)
    arguments = [[free.person_key, taken.person_key], [free.account_id, taken.account_id]]
    query = "SELECT account_id FROM account_lock(%s::bigint[], %s::uuid[], {})"
    with cluster.connect(migrated.database, "owner") as other, other.transaction():
        other.execute("SELECT FROM account_lock(%s::bigint[], %s::uuid[], true)", [[taken.person_key], [taken.account_id]])
        assert owner.execute(query.format("false"), arguments).fetchall() == [(free.account_id,)]
        owner.execute("SET lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            owner.execute(query.format("true"), arguments)
    assert len(owner.execute(query.format("true"), arguments).fetchall()) == 2
