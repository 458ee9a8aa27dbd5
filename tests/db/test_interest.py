"""Interest and the year's end: what the database posts against a reference in Python, year by year."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import random

import pytest

from tests.db.interest_reference import Rule, balance, interest
from tests.db.interesting import (
    CITY, LEVELS, NATION, PROVINCE, credit, date, due, entries, parts, post_year, settle, spend,
)
from tests.db.posting import Account
from tests.db.world import audit


@pytest.fixture
def account(owner):
    return Account().insert_owner(owner).insert(owner)


def test_the_worked_example_of_the_documentation(owner, account):
    """docs/interest.md."""
    credit(owner, account, 1_000_000, date("2023-12-20"), part="carried_over")
    assert post_year(owner, account, 2023, date("2024-01-02")) == "posted"
    credit(owner, account, 20_000, date("2024-01-10"))
    spend(owner, account, 300_000, date("2024-07-01"), part="carried_over")
    spend(owner, account, 5_000, date("2024-12-20"))
    assert post_year(owner, account, 2024, date("2025-01-02")) == "posted"
    # 12 days of 2023: 1,000,000 × 12 × 1.10 % / 360 = 366.67; 2024 is a leap year:
    # current-year: 20,000 × 345 + 15,000 × 12 = 7,080,000 fen × days, × 0.35 % / 360 = 68.83
    # carried-over: 1,000,367 × 182 + 700,367 × 184 = 310,934,322 fen × days, × 1.10 % / 360 = 9,500.77
    assert entries(owner, account, "interest", "year_end_out", "year_end_in") == [
        ("interest", "carried_over", 367),
        ("interest", "current_year", 69), ("interest", "carried_over", 9501),
        ("year_end_in", "carried_over", 15_069), ("year_end_out", "current_year", -15_069)]
    assert parts(owner, account) == (0, 700_367 + 9501 + 15_069)


def test_a_posted_year_is_not_posted_again(owner, account):
    credit(owner, account, 500_000, date("2025-03-01"))
    assert post_year(owner, account, 2025, date("2026-01-05")) == "posted"
    before = account.row(owner)
    assert post_year(owner, account, 2025, date("2026-02-01")) == "already_posted"
    assert account.row(owner) == before


def test_years_are_posted_in_order(owner, account):
    credit(owner, account, 500_000, date("2024-03-01"))
    assert post_year(owner, account, 2025, date("2026-01-05")) == "earlier_year_open"
    assert post_year(owner, account, 2023, date("2026-01-05")) == "no_entries"
    assert [post_year(owner, account, year, date("2026-01-05")) for year in (2024, 2025)] == ["posted", "posted"]


def test_where_no_rule_was_in_force_a_year_need_not_be_posted_first(owner, account):
    owner.execute("UPDATE interest_rule SET effective_from = '2025-01-01' WHERE region_code = %s", [NATION])
    credit(owner, account, 500_000, date("2024-03-01"))
    assert post_year(owner, account, 2024, date("2026-01-05")) == "no_rule"
    assert post_year(owner, account, 2025, date("2026-01-05")) == "posted"


def test_a_day_with_money_but_without_a_rate_is_refused(owner, account):
    owner.execute("DELETE FROM interest_rate WHERE rate_kind = 'demand' AND effective_from < '2025-07-01'")
    owner.execute("INSERT INTO interest_rate VALUES (%s, 'demand', '2025-07-01', 3500, 'test')", [NATION])
    credit(owner, account, 500_000, date("2025-06-30"))
    assert post_year(owner, account, 2025, date("2026-01-05")) == "no_rate"
    other = Account().insert(owner)
    credit(owner, other, 500_000, date("2025-07-01"))
    assert post_year(owner, other, 2025, date("2026-01-05")) == "posted"


def test_the_years_end_carries_over_what_was_there_and_still_is(owner, account):
    credit(owner, account, 50_000, date("2025-12-31"))
    spend(owner, account, 20_000, date("2026-01-01"))
    credit(owner, account, 7_000, date("2026-01-03"))
    assert post_year(owner, account, 2025, date("2026-01-05")) == "posted"
    assert parts(owner, account) == (0, 37_000), "30,000 and 7,000 were left: what was spent is the new year's first"
    other = Account().insert(owner)
    credit(owner, other, 50_000, date("2025-12-31"))
    credit(owner, other, 7_000, date("2026-01-03"))
    spend(owner, other, 2_000, date("2026-01-04"))
    assert post_year(owner, other, 2025, date("2026-01-05")) == "posted"
    assert parts(owner, other) == (5_000, 50_000)


def test_held_money_stays_held_over_the_years_end(owner, account):
    credit(owner, account, 50_000, date("2025-06-01"))
    owner.execute("UPDATE account SET held_fen = 50000 WHERE account_id = %s", [account.account_id])
    assert post_year(owner, account, 2025, date("2026-01-05")) == "posted"
    assert owner.execute("SELECT held_fen, current_year_fen FROM account WHERE account_id = %s",
                         [account.account_id]).fetchone() == (50_000, 0)


def test_an_account_that_bears_none_is_carried_over_all_the_same(owner, account):
    owner.execute("UPDATE account_status_rule SET allowed = false WHERE status = 'spend_only' AND operation = 'interest'")
    owner.execute("UPDATE account SET status = 'spend_only' WHERE account_id = %s", [account.account_id])
    credit(owner, account, 5_000_000, date("2025-01-01"))
    assert due(owner, account, date("2026-01-01")) == 0
    assert post_year(owner, account, 2025, date("2026-01-05")) == "posted"
    assert parts(owner, account) == (0, 5_000_000)
    assert entries(owner, account, "interest") == []


def test_an_account_without_money_gets_a_row_and_no_entry(owner, account):
    credit(owner, account, 5_000, date("2025-03-01"))
    spend(owner, account, 5_000, date("2025-03-01"))
    assert post_year(owner, account, 2025, date("2026-01-05")) == "posted"
    assert entries(owner, account, "interest", "year_end_out", "year_end_in") == []
    assert owner.execute("SELECT current_year_days, carried_fen FROM interest_posting").fetchall() == [(0, 0)]


def test_settling_pays_what_is_open_and_the_year_goes_on_from_there(owner, account):
    credit(owner, account, 2_000_000, date("2025-01-01"))
    assert due(owner, account, date("2025-07-01")) == 3519  # 2,000,000 × 181 × 0.35 % / 360
    assert settle(owner, account, date("2025-07-01")) == (3519, 1, None)
    assert due(owner, account, date("2025-07-01")) == 0
    assert settle(owner, account, date("2025-07-01")) == (0, 0, None), "settling twice pays once"
    assert settle(owner, account, date("2025-07-02"))[0] == 19
    assert post_year(owner, account, 2025, date("2026-01-05")) == "posted"
    assert owner.execute(
        "SELECT accrued_from::text, accrued_to::text, is_year_end FROM interest_posting ORDER BY accrued_from").fetchall() == [
        ("2025-01-01", "2025-07-01", False), ("2025-07-01", "2025-07-02", False), ("2025-07-02", "2026-01-01", True)]


def test_settling_posts_the_years_that_are_open_first(owner, account):
    credit(owner, account, 2_000_000, date("2024-07-01"))
    paid, postings, _ = settle(owner, account, date("2026-04-01"))
    assert postings == 3
    current_2024 = round(2_000_000 * 184 * 0.0035 / 360)
    carried = 2_000_000 + current_2024
    carried_2025 = int(carried * 365 * 0.011 / 360 + 0.5)
    carried_2026 = int((carried + carried_2025) * 90 * 0.011 / 360 + 0.5)
    assert paid == current_2024 + carried_2025 + carried_2026
    assert parts(owner, account) == (0, 2_000_000 + paid)


def closing_fault(connection, account):
    return connection.execute("SELECT account_status_fault(account, 'closed') FROM account WHERE account_id = %s",
                              [account.account_id]).fetchone()[0]


def test_an_account_with_interest_due_is_not_closed(owner, account):
    owner.execute("UPDATE account SET status = 'spend_only' WHERE account_id = %s", [account.account_id])
    assert closing_fault(owner, account) is None, "nothing was ever there"
    credit(owner, account, 2_000_000, date("2025-01-01"))
    spend(owner, account, 2_000_000, date("2025-07-01"))
    assert closing_fault(owner, account) == "not_allowed_in_status"
    paid, _, _ = settle(owner, account, date("2025-08-01"))
    assert closing_fault(owner, account) == "not_allowed_in_status", "it is not empty now"
    spend(owner, account, paid, date("2025-08-01"))
    assert closing_fault(owner, account) is None


def test_the_books_are_clean_after_postings_and_settlements(migrated, world, owner):
    for year, day in ((2026, date("2026-03-01")), (2026, date("2026-08-01"))):
        assert settle(owner, world.account, day)[2] is None, year
    assert post_year(owner, world.account, 2026, date("2027-01-04")) == "posted"
    assert post_year(owner, world.other, 2026, date("2027-01-04")) == "posted"
    assert audit(migrated)["faults"] == []


def random_life(chance, connection, account, first, before):
    """Entries on days of a life; what was moved, as the reference wants it."""
    movements, held = [], {"current_year": 0, "carried_over": 0}
    days = sorted(first + datetime.timedelta(days=chance.randrange((before - first).days)) for _ in range(chance.randrange(1, 40)))
    for day in days:
        part = chance.choice(("current_year", "carried_over"))
        if held[part] and chance.random() < 0.45:
            fen = chance.randint(1, held[part])
            spend(connection, account, fen, day, part)
            fen = -fen
        else:
            fen = chance.choice((1, 3, 50_000, chance.randint(1, 3_000_000)))
            credit(connection, account, fen, day, part)
        held[part] += fen
        movements.append((day, part, fen))
    return movements


def change_data(chance, connection, year):
    """A rule and rates of our own, changing in the middle of the year at some level."""
    rule = Rule(*chance.choice((("demand", "fixed_3_months"), ("local", "local"))), chance.choice((360, 365)),
                chance.choice(("half_up", "down")))
    connection.execute("DELETE FROM interest_rule")
    connection.execute("INSERT INTO interest_rule VALUES (%s, '2000-01-01', %s, %s, %s, %s, 1, 1, 'test')",
                       [chance.choice(LEVELS), rule.current_year_rate, rule.carried_over_rate, rule.basis, rule.rounding])
    connection.execute("DELETE FROM interest_rate")
    rates = [(NATION, kind, date("2000-01-01"), chance.randint(0, 50_000)) for kind in ("demand", "fixed_3_months", "local")]
    for _ in range(chance.randrange(6)):
        rates.append((chance.choice(LEVELS), chance.choice(("demand", "fixed_3_months", "local")),
                      date(f"{year}-01-01") + datetime.timedelta(days=chance.randrange(-20, 400)), chance.randint(0, 50_000)))
    rates = list({rate[:3]: rate for rate in rates}.values())
    for rate in rates:
        connection.execute("INSERT INTO interest_rate VALUES (%s, %s, %s, %s, 'test')", rate)
    return rule, rates


@pytest.mark.parametrize("seed", range(24))
def test_what_is_posted_is_what_the_reference_says(owner, seed):
    chance = random.Random(seed)
    year = chance.choice((2023, 2024, 2025))
    starts_month = chance.choice((1, 1, 7))
    owner.execute("UPDATE pool SET account_year_starts_month = %s, policy_parent_code = %s WHERE pool_code = %s",
                  [starts_month, PROVINCE, CITY])
    rule, rates = change_data(chance, owner, year)
    first, before = datetime.date(year, starts_month, 1), datetime.date(year + 1, starts_month, 1)
    for _ in range(3):
        account = Account().insert(owner)
        movements = random_life(chance, owner, account, first + datetime.timedelta(days=chance.randrange(200)), before)
        cuts = [first]
        if chance.random() < 0.4:  # settled once, within the year
            on = max(movements)[0] + datetime.timedelta(days=1)
            if on < before:
                expected = sum(interest(movements, part, rule, rates, LEVELS, first, on) for part in ("current_year", "carried_over"))
                assert due(owner, account, on) == expected
                was = parts(owner, account)
                assert settle(owner, account, on)[0] == expected
                if expected:
                    cuts = [on]
                    movements += [(on, part, now - then) for part, now, then in
                                  zip(("current_year", "carried_over"), parts(owner, account), was)]
        gain = {part: interest(movements, part, rule, rates, LEVELS, cuts[0], before) for part in ("current_year", "carried_over")}
        assert post_year(owner, account, year, before + datetime.timedelta(days=chance.randrange(9))) == "posted"
        current, carried = (balance(movements, part, before) for part in ("current_year", "carried_over"))
        assert parts(owner, account) == (0, current + carried + sum(gain.values())), (seed, gain)
        stored = owner.execute(
            "SELECT current_year_interest_fen, carried_over_interest_fen FROM interest_posting"
            " WHERE account_id = %s AND is_year_end", [account.account_id]).fetchone()
        assert stored == (gain["current_year"], gain["carried_over"])
