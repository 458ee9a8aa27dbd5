"""What decisions of desks do to money, accounts, enrolments and record forms, through the functions of db/functions/."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.db.posting import INSTANT, POOL, Entry, post
from tests.db.transferring import DAY, FAR, NEAR, accounts, apply, bring, enrol, enrolments, entries, row, step

LATER = INSTANT + DAY


def head(connection, account):
    return connection.execute("SELECT last_hash FROM account WHERE account_id = %s", [account.account_id]).fetchone()[0]


def test_across_provinces_the_balance_goes_along(superuser):
    moving = bring(superuser, apply(superuser, pending_since="2026-01-01"), "out_review")
    assert accounts(superuser, moving) == {POOL: ("active", 5000, 700)}, "checks move nothing"
    assert step(superuser, moving, "out") == "done"
    assert accounts(superuser, moving) == {POOL: ("closed", 0, 0)}
    assert entries(superuser, moving) == [("transfer_out", POOL, "current_year", 5000), ("transfer_out", POOL, "carried_over", 700)]
    assert enrolments(superuser, moving) == {POOL: ("ended", "2015-01-01", "2025-12-31"), FAR: ("pending_in", "2026-01-01", None)}
    left = row(superuser, moving)
    assert (left["state"], left["amount_fen"], left["moves_on"].isoformat()) == ("in_review", 5700, "2026-01-01")
    old_head = head(superuser, moving.account)
    assert step(superuser, moving, "in") == "done"
    assert accounts(superuser, moving) == {POOL: ("closed", 0, 0), FAR: ("active", 5000, 700)}
    assert enrolments(superuser, moving) == {POOL: ("ended", "2015-01-01", "2025-12-31"), FAR: ("active", "2026-01-01", None)}
    first = superuser.execute("SELECT reference, linked_entry_id, operation_id FROM ledger_entry WHERE kind = 'transfer_in' AND seq = 1"
                              " AND person_key = %s", [moving.person_key]).fetchone()
    assert first[0] == old_head.hex()
    assert first[1] in [id for (id,) in superuser.execute("SELECT entry_id FROM ledger_entry WHERE kind = 'transfer_out'").fetchall()]
    done = row(superuser, moving)
    assert (done["state"], done["take_in_id"], done["due_on"], done["return_id"]) == ("completed", first[2], None, None)
    assert done["ended_at"] is not None and done["to_account_id"] is not None


@pytest.mark.parametrize("state", ["submitted", "checked_out", "checked_in", "out_review", "in_review"])
def test_undone_from_every_state(superuser, state):
    moving = bring(superuser, apply(superuser, pending_since="2026-01-01"), state)
    desk = "out" if state in ("checked_in", "out_review") else "in"
    assert step(superuser, moving, desk, "refuse", instant=LATER + DAY) == "done"
    assert accounts(superuser, moving) == {POOL: ("active", 5000, 700)}
    assert enrolments(superuser, moving) == {POOL: ("active", "2015-01-01", None), FAR: ("pending_in", "2026-01-01", None)}
    over = row(superuser, moving)
    assert over["state"] == "rejected" and over["ended_at"] is not None and over["due_on"] is None
    assert (over["return_id"] is not None) == (state == "in_review")
    back = [entry for entry in entries(superuser, moving) if entry[0] == "transfer_return"]
    assert back == ([("transfer_return", POOL, "current_year", 5000), ("transfer_return", POOL, "carried_over", 700)]
                    if state == "in_review" else [])


@pytest.mark.parametrize("way,to_pool,to_scheme", [("in_province", NEAR, "employee"), ("scheme_only", POOL, "resident"),
                                                   ("cross_province", FAR, "resident"), ("in_province", NEAR, "resident")])
def test_money_that_stays(superuser, way, to_pool, to_scheme):
    moving = bring(superuser, apply(superuser, way, to_pool, to_scheme=to_scheme), "in_review")
    assert accounts(superuser, moving) == {POOL: ("spend_only", 5000, 700)}
    assert step(superuser, moving, "in") == "done"
    opened = {NEAR: ("active", 0, 0)} if to_scheme == "employee" else {}
    assert accounts(superuser, moving) == {POOL: ("spend_only", 5000, 700), **opened}
    assert entries(superuser, moving) == []
    done = row(superuser, moving)
    assert (done["amount_fen"], done["take_in_id"], (done["to_account_id"] is None)) == (0, None, to_scheme == "resident")
    second = bring(superuser, apply(superuser, way, to_pool, to_scheme=to_scheme), "in_review")
    assert step(superuser, second, "in", "refuse") == "done"
    assert accounts(superuser, second) == {POOL: ("active", 5000, 700)}


def test_without_an_enrolment_there_one_is_opened(superuser):
    moving = bring(superuser, apply(superuser), "out_review")
    assert step(superuser, moving, "out", moves_on="2026-02-01") == "done"
    assert step(superuser, moving, "in") == "done"
    assert enrolments(superuser, moving) == {POOL: ("ended", "2015-01-01", "2026-01-31"), FAR: ("active", "2026-02-01", None)}


def test_by_default_the_new_pool_begins_on_the_day_of_moving_out(superuser):
    moving = bring(superuser, apply(superuser), "completed")
    assert enrolments(superuser, moving) == {POOL: ("ended", "2015-01-01", "2026-01-05"), FAR: ("active", "2026-01-06", None)}


@pytest.mark.parametrize("moves_on", ["2015-01-01", "2010-01-01", "2026-06-01"])
def test_a_first_day_that_cannot_be(superuser, moves_on):
    moving = bring(superuser, apply(superuser), "out_review")
    assert step(superuser, moving, "out", moves_on=moves_on) == "malformed"
    waiting = bring(superuser, apply(superuser, pending_since="2026-01-01"), "out_review")
    assert step(superuser, waiting, "out", moves_on="2026-01-02") == "malformed"
    assert step(superuser, waiting, "out", moves_on="2026-01-01") == "done"


def test_an_account_of_the_new_pool_that_is_there(superuser):
    """An old one comes to life again, whatever it was; what receives elsewhere only pays."""
    for status in ("spend_only", "suspended", "closed"):
        moving = bring(superuser, apply(superuser), "in_review")
        there = type(moving.account)(moving.person_key, FAR, status).insert(superuser)
        third = type(moving.account)(moving.person_key, "110000", "active").insert(superuser)
        assert step(superuser, moving, "in") == "done"
        assert accounts(superuser, moving) == {POOL: ("closed", 0, 0), FAR: ("active", 5000, 700), "110000": ("spend_only", 0, 0)}
        assert row(superuser, moving)["to_account_id"] == there.account_id and third


@pytest.mark.parametrize("status", ["frozen", "deceased"])
def test_an_account_of_the_new_pool_that_takes_nothing(superuser, status):
    moving = bring(superuser, apply(superuser), "in_review")
    type(moving.account)(moving.person_key, FAR, status).insert(superuser)
    assert step(superuser, moving, "in") == f"account_{status}"
    assert step(superuser, moving, "in", "refuse") == "done"
    assert accounts(superuser, moving)[POOL] == ("active", 5000, 700)


@pytest.mark.parametrize("status", ["frozen", "deceased"])
def test_an_account_that_may_not_give(superuser, status):
    for way, to_pool in (("cross_province", FAR), ("in_province", NEAR)):
        moving = bring(superuser, apply(superuser, way, to_pool), "out_review")
        superuser.execute("UPDATE account SET status = %s WHERE account_id = %s", [status, moving.account.account_id])
        assert step(superuser, moving, "out") == f"account_{status}"
        assert row(superuser, moving)["state"] == "out_review"


def test_who_has_died_moves_nowhere(superuser):
    moving = bring(superuser, apply(superuser), "in_review")
    other = bring(superuser, apply(superuser), "out_review")
    superuser.execute("UPDATE person SET deceased_on = '2026-01-05'")
    assert (step(superuser, moving, "in"), step(superuser, other, "out")) == ("account_deceased",) * 2
    assert step(superuser, moving, "in", "refuse") == "done"
    assert accounts(superuser, moving) == {POOL: ("deceased", 5000, 700)}, "for the heirs"


def test_another_active_enrolment_meanwhile(superuser):
    moving = bring(superuser, apply(superuser), "in_review")
    enrol(superuser, moving.account, "110000", started_on="2026-01-03")
    assert step(superuser, moving, "in") == "conflict"
    assert step(superuser, moving, "in", "refuse") == "done"
    assert enrolments(superuser, moving)[POOL] == ("suspended", "2015-01-01", None)


def test_the_status_before_comes_back(superuser):
    moving = apply(superuser, from_enrolment_status="suspended")
    superuser.execute("UPDATE account SET status = 'suspended' WHERE account_id = %s", [moving.account.account_id])
    bring(superuser, moving, "in_review")
    type(moving.account)(moving.person_key, FAR, "active").insert(superuser)
    assert step(superuser, moving, "in", "refuse") == "done"
    assert accounts(superuser, moving)[POOL] == ("suspended", 5000, 700)
    assert enrolments(superuser, moving)[POOL][0] == "suspended"


def test_an_account_that_would_be_active_beside_another(superuser):
    moving = bring(superuser, apply(superuser), "in_review")
    type(moving.account)(moving.person_key, FAR, "active").insert(superuser)
    assert step(superuser, moving, "in", "refuse") == "done"
    assert accounts(superuser, moving)[POOL] == ("spend_only", 5000, 700)


def test_current_year_money_of_a_year_that_has_ended_is_carried_over(superuser):
    december = INSTANT.replace(year=2025, month=12)
    moving = bring(superuser, apply(superuser, instant=december), "in_review", instant=december + DAY)
    back = bring(superuser, apply(superuser, instant=december), "in_review", instant=december + DAY)
    assert step(superuser, moving, "in") == "done"
    assert accounts(superuser, moving)[FAR] == ("active", 0, 5700)
    assert step(superuser, back, "in", "refuse") == "done"
    assert accounts(superuser, back)[POOL] == ("active", 0, 5700)


def test_interest_is_settled_first(superuser):
    moving = apply(superuser, current_year_fen=5_000_000, carried_over_fen=1_000_000)
    bring(superuser, moving, "out_review")
    assert step(superuser, moving, "out", instant=INSTANT + 60 * DAY) == "done"
    kinds = {kind for (kind,) in superuser.execute("SELECT kind FROM ledger_entry WHERE person_key = %s", [moving.person_key])}
    assert "interest" in kinds
    assert row(superuser, moving)["amount_fen"] > 6_000_000


def test_an_empty_account_moves_without_entries(superuser):
    moving = bring(superuser, apply(superuser, current_year_fen=0, carried_over_fen=0), "completed")
    assert accounts(superuser, moving) == {POOL: ("closed", 0, 0), FAR: ("active", 0, 0)}
    assert row(superuser, moving)["take_in_id"] is None


def test_no_room_for_what_arrives_or_comes_back(superuser):
    full = 2**53 - 1 - 5699
    moving = bring(superuser, apply(superuser), "in_review")
    there = type(moving.account)(moving.person_key, FAR, "active").insert(superuser)
    post(superuser, [Entry(there, full)])
    assert step(superuser, moving, "in") == "balance_overflow"
    superuser.execute("UPDATE account SET status = 'spend_only' WHERE account_id = %s", [moving.account.account_id])
    post(superuser, [Entry(moving.account, full)], instant=LATER + DAY)
    assert step(superuser, moving, "in", "refuse", instant=LATER + 2 * DAY) == "balance_overflow"
    assert row(superuser, moving)["state"] == "in_review"


def test_the_record_form(superuser):
    moving = apply(superuser)
    for number, (period, kind, personal, employer, pool, status) in enumerate([
            ("2025-01-01", "regular", 100, 300, POOL, "recorded"), ("2025-02-01", "regular", 100, 300, POOL, "recorded"),
            ("2025-02-01", "base_adjustment", 10, 30, POOL, "recorded"), ("2025-04-01", "deemed_years", 0, 0, POOL, "recorded"),
            ("2025-05-01", "regular", 100, 300, POOL, "recorded"), ("2025-05-01", "refund", 100, 300, POOL, "recorded"),
            ("2025-06-01", "regular", 100, 300, POOL, "reversed"), ("2024-12-01", "regular", 100, 300, NEAR, "recorded")]):
        superuser.execute(
            "INSERT INTO contribution (person_key, period, scheme, kind, source_document, pool_code, personal_fen, employer_fen,"
            " subsidy_fen, status, contribution_id, operation_id, recorded_at) VALUES (%s, %s, 'employee', %s, %s, %s, %s, %s, 0, %s,"
            " gen_random_uuid(), gen_random_uuid(), %s)",
            [moving.person_key, period, kind, f"D-{number}", pool, personal, employer, status, INSTANT])
    bring(superuser, moving, "in_review")
    left = row(superuser, moving)
    assert left["months_moved"] == 3
    assert left["record_form"] == {
        "region_code": POOL, "scheme": "employee", "months": 3, "personal_fen": 210, "employer_fen": 630, "subsidy_fen": 0,
        "periods": [{"from": "2025-01", "to": "2025-02", "months": 2}, {"from": "2025-04", "to": "2025-04", "months": 1}]}


def test_the_record_form_of_a_resident_counts_years(superuser):
    moving = apply(superuser, "scheme_only", POOL, to_scheme="employee", from_scheme="resident")
    superuser.execute("UPDATE transfer SET from_account_id = NULL")
    superuser.execute(
        "INSERT INTO contribution (person_key, period, scheme, kind, source_document, pool_code, personal_fen, employer_fen,"
        " subsidy_fen, status, contribution_id, operation_id, recorded_at) VALUES (%s, '2024-01-01', 'resident', 'regular', 'D', %s,"
        " 380, 0, 640, 'recorded', gen_random_uuid(), gen_random_uuid(), %s)", [moving.person_key, POOL, INSTANT])
    bring(superuser, moving, "in_review")
    assert row(superuser, moving)["record_form"]["periods"] == [{"from": "2024-01", "to": "2024-12", "months": 12}]
