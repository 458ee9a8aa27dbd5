"""Words for amounts and dates: two implementations say the same, and who hears an amount adds it up to the same fen."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.harness.examples import examples
from tests.property import spoken_in_c
from tests.property import spoken_reference as reference

MANY = examples(200)
MAXIMUM_FEN = 9_007_199_254_740_991
# Zeros in every place are what goes wrong: most digits are 0, 1 or 2.
WITH_ZEROS = st.text("00000112359", min_size=1, max_size=15).map(int)
AMOUNTS = st.one_of(WITH_ZEROS, st.integers(0, MAXIMUM_FEN), st.integers(0, 30000), st.just(MAXIMUM_FEN))


@pytest.fixture(scope="module")
def c(tmp_path_factory):
    return spoken_in_c.build(tmp_path_factory.mktemp("spoken"))


@MANY
@given(fen=AMOUNTS, is_negative=st.booleans())
@example(fen=100_005_000_00, is_negative=False)
@example(fen=100_000_500_000_00, is_negative=False)
@example(fen=184250, is_negative=False)
def test_amounts(c, fen, is_negative):
    fen = -fen if is_negative else fen
    assert c.amount("zh", fen) == reference.amount_zh(fen)
    assert c.amount("en", fen) == reference.amount_en(fen)
    assert reference.heard_zh(c.amount("zh", fen)) == fen


def test_every_small_amount(c):
    heard = {}
    for fen in range(30000):
        words = c.amount("zh", fen)
        assert words == reference.amount_zh(fen)
        assert reference.heard_zh(words) == fen
        assert heard.setdefault(words, fen) == fen


@MANY
@given(day=st.dates(datetime.date(1000, 1, 1)))
def test_dates(c, day):
    assert c.date("zh", reference.days_since_1970(day)) == reference.date_zh(day)
    assert c.date("en", reference.days_since_1970(day)) == reference.date_en(day)
