"""Identifiers and amounts: for any text the C functions and a second implementation from the standards say the same."""
# SPDX-License-Identifier: Apache-2.0
import datetime

from tests.harness.examples import examples
from tests.property import identifiers_in_c
from tests.property import identifiers_reference as reference
import pytest
from hypothesis import given
from hypothesis import strategies as st

MANY = examples(150)
DIGITS = st.text("0123456789", min_size=3, max_size=3)


@pytest.fixture(scope="module")
def c(tmp_path_factory):
    return identifiers_in_c.build(tmp_path_factory.mktemp("identifiers"))


@st.composite
def valid_citizen_numbers(draw):
    region = draw(st.integers(100000, 999999))
    born = draw(st.dates(datetime.date(1, 1, 1), datetime.date(9999, 12, 31)))
    digits = f"{region}{born.year:04d}{born:%m%d}{draw(DIGITS)}"
    return digits + reference.citizen_check(digits)


@st.composite
def damaged(draw, texts, alphabet):
    """A text with one character changed, removed, added or exchanged with its neighbour."""
    text = draw(texts)
    at = draw(st.integers(0, len(text) - 1))
    other = draw(st.sampled_from(alphabet))
    how = draw(st.sampled_from(["change", "remove", "add", "swap"]))
    replacement = {"change": other, "remove": "", "add": other + text[at], "swap": text[at : at + 2][::-1]}[how]
    return text[:at] + replacement + text[at + (2 if how == "swap" else 1) :]


NEAR_CITIZEN = st.one_of(
    valid_citizen_numbers(),
    valid_citizen_numbers().map(str.lower),
    damaged(valid_citizen_numbers(), "0123456789Xx 〇-"),
    st.text("0123456789", min_size=15, max_size=15),
    st.text("0123456789Xx", min_size=14, max_size=19),
).map(str.encode)
NEAR_AMOUNT = st.one_of(
    st.integers(-(2**63) - 200, 2**63 + 200).map(reference.fen_to_yuan),
    st.decimals(-(10**9), 10**9, places=2).map(str),
    st.from_regex(r"-?[0-9]{0,21}(\.[0-9]{0,4})?", fullmatch=True),
    st.text("0123456789.-+eE, ¥０", max_size=24),
).map(str.encode)
NEAR_CREDIT_CODE = st.text(reference.CREDIT_ALPHABET + "IOSVZ", min_size=16, max_size=19).map(str.encode)


@MANY
@given(text=st.one_of(NEAR_CITIZEN, st.binary(max_size=40)))
def test_citizen_numbers(c, text):
    assert c.citizen_number(text) == reference.citizen_number(text)


@MANY
@given(number=valid_citizen_numbers(), at=st.integers(0, 17), other=st.sampled_from("0123456789X"))
def test_one_wrong_character_is_always_noticed(c, number, at, other):
    wrong = number[:at] + other + number[at + 1 :]
    assert wrong == number or c.citizen_number(wrong.encode())[0] != "valid"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"11010519491231002X", "valid"),
        (b"11010519491231002x", "valid"),
        (b"34052419800101001X", "valid"),
        (b"440524188001010014", "valid"),
        (b"110105491231002", "valid"),
        (b"110105194912310021", "check_differs"),
        (b"11010519490229002X", "date_invalid"),
        (b"", "malformed"),
        (b"11010519491231002X\0", "malformed"),
    ],
)
def test_known_citizen_numbers(c, text, expected):
    assert c.citizen_number(text)[0] == reference.citizen_number(text)[0] == expected


@MANY
@given(text=st.one_of(NEAR_AMOUNT, st.binary(max_size=24)))
def test_amounts(c, text):
    assert c.yuan_to_fen(text) == reference.yuan_to_fen(text)


@MANY
@given(fen=st.integers(-(2**63), 2**63 - 1))
def test_amounts_come_back_as_they_went(c, fen):
    text = c.fen_to_yuan(fen)
    assert text == reference.fen_to_yuan(fen)
    assert c.yuan_to_fen(text.encode()) == ("valid", fen)


@MANY
@given(text=st.one_of(NEAR_CREDIT_CODE, st.binary(max_size=20)))
def test_credit_codes(c, text):
    assert c.credit_code(text) == reference.credit_code(text)


@pytest.mark.parametrize(("text", "expected"), [(b"91350100M000100Y43", "valid"), (b"91350100M000100Y4Z", "malformed")])
def test_known_credit_codes(c, text, expected):
    assert c.credit_code(text) == reference.credit_code(text) == expected


@MANY
@given(text=st.one_of(st.text("0123456789", min_size=12, max_size=20).map(str.encode), st.binary(max_size=20)))
def test_card_numbers(c, text):
    assert c.luhn(text) == reference.luhn(text)
