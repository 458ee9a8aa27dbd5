"""Whatever files come: money adds up, importing twice is importing once, and two halves are the whole."""
# SPDX-License-Identifier: Apache-2.0
import hypothesis
import hypothesis.strategies as st
import pytest
from importing import contribution, csv_text, enrolment, opening
from importing import CONTRIBUTION as COLUMNS
from tests.harness.examples import examples

PEOPLE = 4
MONTHS = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 6)]
cents = st.integers(0, 10**7).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")
keys = st.tuples(st.integers(0, PEOPLE - 1), st.sampled_from(MONTHS),
                 st.sampled_from(["regular", "back_payment", "base_adjustment", "deemed_years"]),
                 st.sampled_from(["A", "B", "文件"]))
rows = st.dictionaries(keys, st.tuples(cents, cents), min_size=1, max_size=30).map(lambda found: [
    contribution(n, period=period, kind=kind, source_document=document, personal_yuan="0" if kind == "deemed_years" else personal,
                 employer_yuan=employer)
    for (n, period, kind, document), (personal, employer) in found.items()])
openings = st.dictionaries(st.integers(0, PEOPLE - 1), st.tuples(cents, cents, st.sampled_from(MONTHS))).map(lambda found: [
    opening(n, current_year_yuan=current, carried_over_yuan=carried, as_of=f"{month}-01")
    for n, (current, carried, month) in found.items()])
few = examples(5)


@pytest.fixture
def prepared(new_books):
    """Makes books with everybody enrolled and the given opening balances."""
    def make(opening_rows):
        books = new_books()
        books.good("enrolments", [enrolment(n) for n in range(PEOPLE)])
        if opening_rows:
            books.good("opening-balances", opening_rows)
        return books
    return make


def in_balances(books):
    return books.one("SELECT sum(current_year_fen + carried_over_fen) FROM account")


@few
@hypothesis.given(rows=rows, opening_rows=openings)
def test_money_adds_up_and_twice_is_once(prepared, rows, opening_rows):
    books = prepared(opening_rows)
    before = in_balances(books)
    books.good("contributions", rows, YIBAO_IMPORT_SLICE_ROWS="3")
    assert in_balances(books) - before == books.one(
        "SELECT coalesce(sum(personal_fen), 0) FROM contribution WHERE status = 'posted'")
    content, counts = books.content(), books.counts()
    books.good("contributions", rows)
    assert (books.content(), books.counts()) == (content, counts)
    books.audit()


@few
@hypothesis.given(rows=rows, opening_rows=openings, data=st.data())
def test_two_halves_are_the_whole(prepared, rows, opening_rows, data):
    cut = data.draw(st.integers(0, len(rows)))
    whole, halves = prepared(opening_rows), prepared(opening_rows)
    whole.good("contributions", rows)
    halves.good("contributions", rows[:cut])
    halves.good("contributions", rows[cut:])
    assert whole.content() == halves.content()


@examples(10)
@hypothesis.given(rows=rows, data=st.data())
def test_a_damaged_file_is_refused_whole_or_not_at_all(people, rows, data):
    """Bytes changed, cut out or put in: the program ends in order, and either all rows are stored or none."""
    content = bytearray(csv_text(COLUMNS, rows).encode())
    start = data.draw(st.integers(0, len(content)))
    content[start:start + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=5))
    before = people.counts()["contribution"]
    outcome = people.load("contributions", bytes(content))
    stored = people.counts()["contribution"] - before
    assert outcome.code in (0, 1) and (outcome.code == 0 or stored == 0)
    people.audit()
