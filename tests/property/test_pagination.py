"""Pages under concurrent inserts: whatever was there at the start is shown exactly once and in order."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.harness import money
from tests.harness.examples import examples

ROUNDS = examples(6)
WRITES, WRITES_PER_PAGE = 60, 4
YEARS = st.lists(st.integers(1985, 2014), min_size=1, max_size=25)  # stories look at what this citizen paid from 2015 on


@pytest.fixture(scope="module")
def reader(demo, sql):
    citizen = demo.citizen("gap 5")
    money.post(sql, citizen.account_id, [money.adjust(7) for _ in range(60)])
    old = [(datetime.date(1990 + n // 12, n % 12 + 1, 1), "employee", "regular", f"PAGE-{n}", 5) for n in range(60)]
    pool = sql.execute("SELECT pool_code FROM account WHERE account_id = %s", [citizen.account_id]).fetchone()[0]
    money.record_contributions(sql, citizen.person_id, pool, old)
    return citizen, pool


class Writer:
    """A thread that calls write(connection, n) WRITES times, a few for each page that is read."""

    def __init__(self, connect, write):
        self.connect, self.write = connect, write
        self.allowed = threading.Semaphore(0)
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        with self.connect() as connection:
            for n in range(WRITES):
                self.allowed.acquire()
                if self.stop.is_set():
                    return
                self.write(connection, n)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.allowed.release()
        self.thread.join()


def read_all(api, path, by, limit, writer):
    """All rows, page by page, while the writer writes."""
    rows, params = [], {"limit": limit}
    while True:
        for _ in range(WRITES_PER_PAGE):
            writer.allowed.release()
        body = api.get(path, by=by, params=params).json()
        rows += body["data"]
        if not body["has_more"]:
            return rows
        params["cursor"] = body["next_cursor"]


def check(rows, before, id_field):
    ids = [row[id_field] for row in rows]
    assert len(ids) == len(set(ids)), "a row came twice"
    old = [row_id for row_id in ids if row_id in before]
    assert old == [row_id for row_id in before], "rows of the start: all, once, in order"


@ROUNDS
@given(limit=st.integers(5, 40))
def test_entries_are_only_added_in_front(api, connect, reader, limit):
    citizen, _ = reader
    path = f"/v1/accounts/{citizen.account_id}/entries"
    before = {row["entry_id"]: row for row in api.pages(path, by=citizen)}
    with Writer(connect, lambda connection, _: money.post(connection, citizen.account_id, [money.adjust(1)])) as writer:
        rows = read_all(api, path, citizen, limit, writer)
    check(rows, before, "entry_id")
    seqs = [row["seq"] for row in rows]
    assert seqs == list(range(seqs[0], 0, -1))


@ROUNDS
@given(limit=st.integers(5, 40), years=YEARS)
def test_contributions_are_added_anywhere(api, connect, reader, limit, years):
    citizen, pool = reader
    path = f"/v1/people/{citizen.person_id}/contributions"
    before = {row["contribution_id"]: row for row in api.pages(path, by=citizen)}
    mark = money.new_id(0).hex[:16]

    def write(connection, n):
        period = datetime.date(years[n % len(years)], n % 12 + 1, 1)
        row = (period, "employee", "back_payment", f"{mark}-{n}", 1)
        money.record_contributions(connection, citizen.person_id, pool, [row])

    with Writer(connect, write) as writer:
        rows = read_all(api, path, citizen, limit, writer)
    check(rows, before, "contribution_id")
    periods = [row["period"] for row in rows]
    assert periods == sorted(periods, reverse=True)
