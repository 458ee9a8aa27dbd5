"""Merging two records of one person: money, records and identity go over at once, or not at all; the auditor agrees each time."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.db.merging import apply, contribution, merge, propose, reverse
from tests.db.posting import POOL, Account, Entry, debit, make_id, post
from tests.db.test_reversal import receivables
from tests.db.world import audit

ELSEWHERE = "440100"


def someone(world, *entries, pool_code=POOL, status="active"):
    account = Account(pool_code=pool_code, status=status).insert_owner(world.connection).insert(world.connection)
    if entries:
        post(world.connection, [Entry(account, fen, part=part) for fen, part in entries])
    return account


def accounts_of(connection, person):
    return connection.execute(
        "SELECT pool_code, status, current_year_fen, carried_over_fen FROM account WHERE person_key = %s ORDER BY 1",
        [person.person_key]).fetchall()


def current_of(connection, person):
    return connection.execute(
        "SELECT DISTINCT person_key, person_id FROM current_identifier WHERE recorded_person_key = %s",
        [person.person_key]).fetchall()


def clean(migrated, world):
    report = audit(migrated)
    assert report["faults"] == []
    return report


def test_money_goes_over_part_by_part(migrated, world):
    survivor, duplicate = someone(world, (100, "current_year")), someone(world, (30, "current_year"), (7, "carried_over"))
    before = clean(migrated, world)["totals"]
    status, outcome = merge(world.connection, survivor, duplicate)
    assert (status, outcome["amount_fen"]) == ("applied", 37)
    assert accounts_of(world.connection, survivor) == [(POOL, "active", 130, 7)]
    assert accounts_of(world.connection, duplicate) == [(POOL, "closed", 0, 0)]
    assert world.connection.execute(
        "SELECT kind, part, direction, amount_fen, system_account, count(*) OVER (PARTITION BY operation_id) FROM ledger_entry"
        " WHERE kind LIKE 'merge%%' ORDER BY amount_fen, kind").fetchall() == [
        ("merge_in", "carried_over", "credit", 7, f"transit:{POOL}", 4),
        ("merge_out", "carried_over", "debit", 7, f"transit:{POOL}", 4),
        ("merge_in", "current_year", "credit", 30, f"transit:{POOL}", 4),
        ("merge_out", "current_year", "debit", 30, f"transit:{POOL}", 4)]
    after = clean(migrated, world)["totals"]
    assert after["personal_fen"] == before["personal_fen"] and after["system_fen:transit"] == 0
    assert after["contributions"] == before["contributions"]


def test_an_account_is_opened_where_there_is_none_and_one_receives(migrated, world):
    survivor = someone(world, (100, "current_year"))
    duplicate = someone(world, (30, "current_year"), pool_code=ELSEWHERE)
    assert merge(world.connection, survivor, duplicate)[0] == "applied"
    assert accounts_of(world.connection, survivor) == [(ELSEWHERE, "spend_only", 30, 0), (POOL, "active", 100, 0)]
    clean(migrated, world)


def test_the_account_of_the_active_enrolment_receives(migrated, world):
    survivor = someone(world, (100, "current_year"))
    duplicate = someone(world, (30, "current_year"), pool_code=ELSEWHERE)
    world.enrol(survivor, status="suspended")
    world.enrol(duplicate, pool_code=ELSEWHERE)
    status, outcome = merge(world.connection, survivor, duplicate)
    assert (status, outcome["enrolments"]) == ("applied", 1)
    assert accounts_of(world.connection, survivor) == [(ELSEWHERE, "active", 30, 0), (POOL, "spend_only", 100, 0)]
    clean(migrated, world)


@pytest.mark.parametrize(("own", "other", "statuses"), [
    ({}, {"started_on": "2016-01-01"}, ["active", "ended"]),
    ({"status": "suspended"}, {"started_on": "2016-01-01"}, ["suspended", "active"]),
    ({}, {"started_on": "2015-01-01", "status": "suspended"}, ["active"]),
    ({}, {"started_on": "2016-01-01", "scheme": "resident", "account_mode": "pooled_only"}, ["active", "active"]),
])
def test_one_active_enrolment_survives(migrated, world, own, other, statuses):
    survivor, duplicate = someone(world), someone(world)
    world.enrol(survivor, **own)
    world.enrol(duplicate, **other)
    assert merge(world.connection, survivor, duplicate)[0] == "applied"
    rows = "SELECT status FROM enrolment WHERE person_key = %s ORDER BY started_on"
    assert [row[0] for row in world.connection.execute(rows, [survivor.person_key])] == statuses
    assert [row[0] for row in world.connection.execute(rows, [duplicate.person_key])] == ["ended"]
    clean(migrated, world)


def test_contributions_are_copied_and_told_apart(migrated, world):
    connection, survivor, duplicate = world.connection, someone(world), someone(world)
    for owner in (survivor, duplicate):
        world.contribution(owner, "regular", "2026-01-01", 1000)
    world.contribution(duplicate, "regular", "2026-02-01", 500, status="recorded")
    connection.execute("UPDATE contribution SET source_document = repeat('文', 42) WHERE person_key = ANY (%s) AND status = 'recorded'",
                       [[duplicate.person_key]])
    assert merge(connection, survivor, duplicate)[1]["contributions"] == 2
    rows = connection.execute(
        "SELECT period::text, status, personal_fen, source_document, origin_contribution_id IS NULL FROM contribution"
        " WHERE person_key = %s ORDER BY 1, length(source_document)", [survivor.person_key]).fetchall()
    origin = contribution(connection, duplicate, status="posted")
    assert rows == [
        ("2026-01-01", "posted", 1000, "DOC-1", True), ("2026-01-01", "posted", 1000, f"DOC-1 #{origin.hex[:16]}", False),
        ("2026-02-01", "recorded", 500, "文" * 42, False)]
    clean(migrated, world)


def test_a_long_document_is_cut_at_a_character(owner):
    ((document,),) = owner.execute(
        "SELECT merge_document(repeat('文', 42) || 'ab', '018f3a52-7c01-7a11-9d3c-5b1f0a2e4c68')").fetchall()
    assert document == "文" * 36 + " #018f3a527c017a11" and len(document.encode()) <= 128


def test_a_copy_is_reversed_where_its_money_is_now(migrated, world):
    connection, survivor, duplicate = world.connection, someone(world), someone(world)
    world.contribution(duplicate, "regular", "2026-01-01", 1000)
    merge(connection, survivor, duplicate)
    copy = contribution(connection, survivor)
    assert reverse(connection, duplicate.person_key, contribution(connection, duplicate), POOL)[0] == "conflict"
    assert reverse(connection, survivor.person_key, copy, POOL)[0] == "applied"
    assert accounts_of(connection, survivor) == [(POOL, "active", 0, 0)]
    assert reverse(connection, survivor.person_key, copy, POOL)[0] == "conflict"
    clean(migrated, world)


def test_what_is_owed_goes_along(migrated, world):
    connection, survivor, duplicate, third = world.connection, someone(world), someone(world), someone(world)
    world.contribution(duplicate, "regular", "2026-01-01", 1000)
    post(connection, [debit(duplicate, 600)])
    reverse(connection, duplicate.person_key, contribution(connection, duplicate), POOL)
    assert merge(connection, survivor, duplicate)[1]["receivables"] == 1
    clean(migrated, world)
    merge(connection, third, survivor)
    assert [row[:3] for row in receivables(connection, third)] == [(600, 0, "open")]
    assert [row[2] for row in receivables(connection, survivor) + receivables(connection, duplicate)] == ["moved"] * 2
    assert clean(migrated, world)["totals"]["system_fen:receivable"] == -600


def test_a_chain_of_merges_is_one_step(migrated, world):
    connection = world.connection
    people = [someone(world, (10 + n, "current_year")) for n in range(4)]
    for person in people:
        world.contribution(person, "regular", "2026-01-01", 1000)
    last = people[-1]
    for duplicate, survivor in [(people[0], people[1]), (people[1], people[2]), (people[2], last)]:
        assert merge(connection, survivor, duplicate)[0] == "applied"
        clean(migrated, world)
    for person in people:
        assert current_of(connection, person) == [(last.person_key, last.person_id)]
    assert accounts_of(connection, last) == [(POOL, "active", 4046, 0)]
    assert connection.execute("SELECT count(*), count(DISTINCT source_document) FROM contribution WHERE person_key = %s",
                              [last.person_key]).fetchone() == (4, 4)


def test_a_reversal_before_the_merges_and_one_after(migrated, world):
    connection, people = world.connection, [someone(world) for _ in range(3)]
    world.contribution(people[0], "regular", "2026-01-01", 1000)
    world.contribution(people[0], "regular", "2026-02-01", 2000)
    world.contribution(people[0], "regular", "2026-03-01", 4000)
    reverse(connection, people[0].person_key, contribution(connection, people[0], period="2026-01-01"), POOL)
    merge(connection, people[1], people[0])
    reverse(connection, people[1].person_key, contribution(connection, people[1], period="2026-02-01"), POOL)
    merge(connection, people[2], people[1])
    reverse(connection, people[2].person_key, contribution(connection, people[2], period="2026-03-01"), POOL)
    assert [row[0] for row in connection.execute(
        "SELECT status FROM contribution WHERE person_key = %s", [people[2].person_key])] == ["reversed"] * 3
    assert accounts_of(connection, people[2]) == [(POOL, "active", 0, 0)]
    clean(migrated, world)


def test_the_cut_over_day_goes_along(migrated, world):
    connection, duplicate = world.connection, world.other
    survivor = someone(world, pool_code=ELSEWHERE)
    same_pool = someone(world)
    assert merge(connection, survivor, duplicate)[0] == "applied"
    assert merge(connection, same_pool, survivor)[0] == "applied"
    assert connection.execute("SELECT cut_over_on::text FROM account WHERE person_key = %s AND pool_code = %s",
                              [same_pool.person_key, POOL]).fetchall() == [("2025-01-01",)]
    clean(migrated, world)


def test_tokens_are_looked_at_anew_and_those_of_the_duplicate_end(migrated, world):
    connection, survivor, duplicate = world.connection, someone(world), someone(world)
    epochs = "SELECT sum(version) FROM token_epoch"
    ((before,),) = connection.execute(epochs).fetchall()
    assert merge(connection, survivor, duplicate)[1]["signed_out"] == [str(duplicate.person_id)]
    assert connection.execute(epochs).fetchall() == [(before + 256,)]


@pytest.mark.parametrize(("plan", "answer"), [
    ("UPDATE person SET deceased_on = '2025-01-01' WHERE person_key = %(survivor)s", "not_allowed_in_status"),
    ("UPDATE person SET deceased_on = '2025-01-01' WHERE person_key = %(duplicate)s", "not_allowed_in_status"),
    ("UPDATE account SET status = 'frozen' WHERE person_key = %(duplicate)s", "not_allowed_in_status"),
    ("UPDATE account SET status = 'frozen' WHERE person_key = %(survivor)s", "applied"),
    ("UPDATE account SET status = 'suspended' WHERE person_key = %(duplicate)s", "applied"),
    ("UPDATE account SET status = 'spend_only' WHERE person_key = %(duplicate)s", "applied"),
    ("UPDATE account SET status = 'closed' WHERE person_key = %(survivor)s", "not_allowed_in_status"),
])
def test_status_decides(migrated, world, plan, answer):
    survivor, duplicate = someone(world), someone(world, (5, "current_year"))
    world.connection.execute(plan, {"survivor": survivor.person_key, "duplicate": duplicate.person_key})
    assert merge(world.connection, survivor, duplicate)[0] == answer
    clean(migrated, world)


def test_a_batch_with_poison_in_it(migrated, world):
    """Aliases, oneself, somebody absent, open holds, no room: each refused, the good ones in between applied."""
    connection = world.connection
    good, twin, third, rich, richer = (someone(world, (fen, "current_year")) for fen in (1, 2, 3, 9007199254740000, 5000))
    nobody = Account()
    pairs = [
        (good, twin), (third, twin), (twin, third), (good, good), (good, nobody), (third, world.account), (rich, richer),
        (third, good)]
    connection.execute("DROP INDEX proposal_one_open")  # several of one duplicate, as if they had been decided in turn
    ids = sorted((make_id(0) for _ in pairs), key=str)
    asked = [propose(connection, "merge_people", survivor.person_key, duplicate.person_id, proposal_id=number)
             for (survivor, duplicate), number in zip(pairs, ids)]
    answers = [status for status, _ in apply(connection, "merge_people", *asked)]
    assert answers == ["applied", *["conflict"] * 6, "applied"]
    assert accounts_of(connection, third) == [(POOL, "active", 6, 0)]
    clean(migrated, world)
