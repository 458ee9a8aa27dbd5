"""What a relative's look reads has the columns, and first the parameters, of what people read of their own: one handler renders both."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.harness.queries import read

PAIRS = {
    "viewed_account": "account_get", "viewed_balance": "account_balance", "viewed_balance_as_of": "account_balance_as_of",
    "viewed_entries": "account_entries", "view_grant_person": "view_grant_account",
}


@pytest.mark.parametrize(("viewed", "own"), PAIRS.items())
def test_same_columns(viewed, own):
    assert read(viewed)[1] == read(own)[1]


@pytest.mark.parametrize(("viewed", "own"), [pair for pair in PAIRS.items() if pair[0].startswith("viewed")])
def test_parameters_begin_alike(viewed, own):
    params = read(own)[0]
    assert read(viewed)[0][: len(params)] == params
    assert [name for name, _ in read(viewed)[0][len(params):]] == ["viewer_id", "at", "action", "event_id", "request_id"]
