"""The history of an account: every filter, every page size, both forms, against what is stored."""
# SPDX-License-Identifier: Apache-2.0
import csv
import datetime
import itertools
import uuid

from tests.http import listing
import pytest
from tests.db import charging
from tests.harness import money, past_charges
from tests.harness.problems import check_problem, faults

KINDS = (None, "contribution", "adjustment", "interest", "opening_balance", "contribution_refund")


def path(citizen):
    return f"/v1/accounts/{citizen.account_id}/entries"


@pytest.fixture(scope="module")
def owner(demo, sql):
    """Somebody with more than two full pages of entries of several kinds and business dates."""
    citizen = demo.citizen("Beijing")
    for month in range(1, 8):
        entries = [money.adjust(10 + i) for i in range(12)] + [money.adjust(5, "carried_over") for _ in range(12)]
        entries += [money.adjust(-3, reference='a "quoted", comma') for _ in range(8)]
        money.post(sql, citizen.account_id, entries, business_date=datetime.date(2024, month, 15))
    return citizen


def stored(sql, citizen, kind=None, date_from=None, date_to=None):
    rows = sql.execute(
        "SELECT entry_id::text FROM ledger_entry WHERE person_key = %s AND account_id = %s"
        " AND (%s::text IS NULL OR kind = %s) AND (%s::date IS NULL OR business_date >= %s)"
        " AND (%s::date IS NULL OR business_date <= %s) ORDER BY seq DESC",
        [money.key_of(citizen.account_id), citizen.account_id, kind, kind, date_from, date_from, date_to, date_to],
    )
    return [entry_id for (entry_id,) in rows]


def test_every_combination_of_filters(api, owner, sql):
    dates = (None, "2024-01-15", "2024-03-01", "2024-06-16", "1990-01-01", "2099-12-31")
    for kind, date_from, date_to in itertools.product(KINDS, dates, dates):
        params = {k: v for k, v in {"kind": kind, "from": date_from, "to": date_to}.items() if v}
        expected = stored(sql, owner, kind, date_from, date_to)
        is_turned_round = date_from and date_to and date_from > date_to
        if is_turned_round and api.get(path(owner), by=owner, params=params).status_code == 400:
            continue  # it may be refused or be empty
        listing.check_pages(api, path(owner), owner, expected, "entry_id", params, limits=(100,))


@pytest.mark.parametrize("limit", [1, 2, 7, 20, 99])
def test_every_page_size(api, owner, sql, limit):
    params = {"from": "2024-02-01", "kind": "adjustment"}
    expected = stored(sql, owner, "adjustment", "2024-02-01")
    listing.check_pages(api, path(owner), owner, expected, "entry_id", params, limits=(limit,))


def test_entries_tell_the_whole_story(api, owner, sql):
    """Sequence without gaps, each balance the one before plus the amount, the last one the balance itself."""
    rows = api.pages(path(owner), by=owner)[::-1]
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    parts = {"current_year": 0, "carried_over": 0}
    for row in rows:
        parts[row["part"]] += row["amount_fen"] if row["direction"] == "credit" else -row["amount_fen"]
        assert row["current_year_after_fen"] == parts["current_year"]
        assert row["carried_over_after_fen"] == parts["carried_over"]
        assert row["balance_after_fen"] == sum(parts.values())
    assert [row["posted_at"] for row in rows] == sorted(row["posted_at"] for row in rows)
    balance = api.get(f"/v1/accounts/{owner.account_id}/balance", by=owner).json()
    assert balance["balance_fen"] == rows[-1]["balance_after_fen"]


def test_cursors(api, owner, demo, sql, new_token):
    staff = demo.staff("operator")
    second = next(c for c in demo.citizens if c.account_id and c != owner)
    other_params = ({"kind": "adjustment"}, {"from": "2024-01-01"}, {"to": "2099-01-01"})
    listing.check_cursors(api, path(owner), owner, None, f"/v1/people/{owner.person_id}/contributions", other_params)
    cursor = listing.first_cursor(api, path(owner), owner)
    listing.assert_cursor_refused(api, path(second), second, cursor)
    if api.get(path(owner), by=staff).status_code == 200:
        listing.assert_cursor_refused(api, path(owner), staff, cursor)
    another_token = new_token("citizen", subject_id=owner.person_id)
    assert api.get(path(owner), by=another_token, params={"limit": 2, "cursor": cursor}).status_code == 200


def test_limits(api, owner):
    listing.check_limits(api, path(owner), owner)


def test_link(api, owner):
    listing.check_link(api, path(owner), owner)


@pytest.mark.parametrize("params", [{}, {"kind": "adjustment"}, {"from": "2099-01-01"}])
def test_csv_equals_json(api, owner, params):
    listing.check_csv(api, path(owner), owner, params)


@pytest.mark.parametrize(
    ("params", "pointers"),
    [
        ({"kind": "charge_of_nothing"}, {"/query/kind"}),
        ({"kind": ""}, {"/query/kind"}),
        ({"from": "2024-02-30"}, {"/query/from"}),
        ({"from": "2024-01", "to": "01/02/2024"}, {"/query/from", "/query/to"}),
        ({"kind": "Interest", "limit": "0", "from": "x"}, {"/query/kind", "/query/limit", "/query/from"}),
        ({"scheme": "employee"}, {"/query/scheme"}),
    ],
)
def test_wrong_filters(api, owner, params, pointers):
    response = api.get(path(owner), by=owner, params=params)
    check_problem(response, 400, "validation_failed")
    assert faults(response).keys() == pointers


class TestWhatWasPaidFor:
    """Entries of charges and refunds say where, what for and when."""

    @pytest.fixture
    def hospital(self, new_provider):
        return new_provider("clinic", name=f"社区卫生服务中心 {uuid.uuid4()}")

    @pytest.fixture
    def paid(self, sql, owner, hospital):
        """A charge of both parts, with a refund."""
        money.post(sql, owner.account_id, [money.adjust(300), money.adjust(1_000_000, "carried_over")])
        balance = sql.execute("SELECT current_year_fen FROM account WHERE account_id = %s", [owner.account_id]).fetchone()
        paid = past_charges.charged(sql, owner, hospital, balance[0] + 200, usage="medicine", item="=1+1，降压药")
        charging.refund(sql, charging.change(paid, 250, after=datetime.timedelta(seconds=1)))
        return paid

    def test_both_parts_and_what_was_given_back_name_the_charge(self, api, owner, hospital, paid):
        rows = api.get(path(owner), by=owner, params={"limit": 5}).json()["data"]
        assert [row["kind"] for row in rows] == ["charge_refund"] * 2 + ["charge"] * 2 + ["adjustment"]
        assert rows[4]["charge"] is None
        for row in rows[:4]:
            assert {**row["charge"], "occurred_at": paid.instant} == {
                "charge_id": str(paid.charge_id), "charge_no": paid.charge_no, "provider_id": hospital.subject_id,
                "institution_name": hospital.name, "institution_type": "clinic", "usage": "medicine", "item": "=1+1，降压药",
                "occurred_at": paid.instant, "payer_kind": "account", "family_member_id": None}
            assert datetime.datetime.fromisoformat(row["charge"]["occurred_at"]) == paid.instant
        assert {row["linked_entry_id"] for row in rows[:2]} == {row["entry_id"] for row in rows[2:4]}
        only = api.get(path(owner), by=owner, params={"kind": "charge_refund", "limit": 2}).json()["data"]
        assert only == rows[:2]

    def test_as_csv_it_is_more_columns(self, api, owner, hospital, paid):
        response = api.get(path(owner), by=owner, params={"limit": 5}, headers={"Accept": "text/csv"})
        header, *rows = csv.reader(response.text.splitlines())
        assert header[-10:] == ["charge_id", "charge_no", "provider_id", "institution_name", "institution_type", "usage", "item",
                                "occurred_at", "payer_kind", "family_member_id"]
        assert rows[0][-10:-3] == [str(paid.charge_id), paid.charge_no, hospital.subject_id, hospital.name, "clinic", "medicine",
                                  "'=1+1，降压药"]
        assert rows[4][-10:] == [""] * 10
