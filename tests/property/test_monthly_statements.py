"""Random lives of an account: each month's statement follows the one before and is what entries and balances say."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.harness import money
from tests.harness.examples import examples
from tests.harness.records import insured
from tests.harness.statements import SHANGHAI, as_lines, csv_lines, statement, texts

SEVERAL = examples(8)
START = datetime.datetime(2023, 11, 20, tzinfo=SHANGHAI)
# Seconds since the posting before: none, a moment, days, or more than a month.
PAUSE = st.one_of(st.just(0), st.integers(1, 100), st.integers(1, 30 * 86400), st.integers(1, 70 * 86400))
PART = st.sampled_from(("current_year", "carried_over"))
MOVE = st.tuples(PAUSE, PART, st.integers(1, 10**7), st.booleans())


@pytest.fixture(scope="module")
def new_owner(api, sql, new_token):
    operator = new_token("staff", roles=["operator"], regions=["000000"])
    return lambda: insured(api, sql, operator, new_token)


def live(sql, owner, moves):
    """Posts them, a debit no larger than what is there; the months from before the first to after the last."""
    instant, parts = START, {"current_year": 0, "carried_over": 0}
    for pause, part, fen, is_debit in moves:
        instant += datetime.timedelta(seconds=pause)
        if is_debit:
            fen = -min(fen, parts[part])
        if fen:
            parts[part] += fen
            money.post(sql, owner.account_id, [money.adjust(fen, part)], instant=instant)
    first, last = START.year * 12 + START.month - 2, instant.year * 12 + instant.month
    return [f"{number // 12}-{number % 12 + 1:02}" for number in range(first, last + 1)]


@SEVERAL
@given(moves=st.lists(MOVE, min_size=1, max_size=30), limit=st.integers(1, 7))
def test_statements_are_the_ledger(api, sql, new_owner, moves, limit):
    owner = new_owner()
    months = live(sql, owner, moves)
    entries = api.pages(f"/v1/accounts/{owner.account_id}/entries", by=owner)[::-1]
    listed = {row["month"]: row for row in api.pages(f"/v1/accounts/{owner.account_id}/statements", by=owner, limit=limit)}
    closing = {"balance_fen": 0, "current_year_fen": 0, "carried_over_fen": 0}
    for month in months:
        one = statement(api, owner, month)
        assert one["opening"] == closing
        closing = one["closing"]
        balance = api.get(f"/v1/accounts/{owner.account_id}/balance", by=owner, params={"as_of": one["as_of"]}).json()
        assert closing == {name: balance[name] for name in closing} and balance["settled"] and one["settled"]
        assert one["entries"] == [entry for entry in entries if entry["posted_at"].startswith(month)]
        moved = {part: sum(s["amount_fen"] if s["direction"] == "credit" else -s["amount_fen"]
                           for s in one["sums"] if s["part"] == part) for part in ("current_year", "carried_over")}
        for part, fen in moved.items():
            assert closing[f"{part}_fen"] - one["opening"][f"{part}_fen"] == fen
        assert one["credits_fen"] - one["debits_fen"] == sum(moved.values())
        assert sum(s["entries_count"] for s in one["sums"]) == one["entries_count"] == len(one["entries"])
        assert (month in listed) == (one["entries_count"] > 0)
        if month in listed:
            assert (listed[month]["opening_balance_fen"], listed[month]["closing_balance_fen"]) == (
                one["opening"]["balance_fen"], closing["balance_fen"])
        lines, _ = csv_lines(api, owner, month, limit=limit)
        assert texts(lines) == texts(as_lines(one))
    assert set(listed) <= set(months)
