"""Withdrawals through their functions: each step of the machine, its money, its refusals, and the auditor's agreement."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

import pytest

from tests.db.charging import add_provider, charge, created, hold, hours
from tests.db.merging import merge
from tests.db.posting import INSTANT, make_id
from tests.db.withdrawing import (CARD, FIRST, OPERATOR, SECOND, Application, Step, account_of, apply, approved, done, hand_in,
                                  make_file, money, payable, record, reviewed, row, statuses, submitted, take)
from tests.db.world import audit


def entries(connection, account):
    return connection.execute(
        "SELECT kind, part, direction, amount_fen, system_account FROM ledger_entry WHERE account_id = %s AND kind LIKE 'withdrawal%%'"
        " ORDER BY seq", [account.account_id]).fetchall()


def test_from_application_to_approval(migrated, owner):
    account = account_of(owner)
    asked = submitted(owner, account)
    assert money(owner, account) == (10000, 700, 0, "active"), "an application moves nothing"
    done(owner, Step(asked, "approve", actor=FIRST))
    assert row(owner, asked)[0] == "reviewed" and money(owner, account)[:2] == (10000, 700)
    outcome = done(owner, Step(asked, "approve", after=hours(2), actor=SECOND))
    assert (outcome["state"], outcome["amount_fen"], outcome["current_year_fen"]) == ("approved", 10700, 10000)
    assert money(owner, account) == (0, 0, 0, "active") and payable(owner) == 10700
    assert entries(owner, account) == [
        ("withdrawal", "current_year", "debit", 10000, "withdrawal_payable:620500"),
        ("withdrawal", "carried_over", "debit", 700, "withdrawal_payable:620500")]
    assert owner.execute("SELECT event, from_state, to_state, who FROM state_change WHERE object_id = %s ORDER BY seq",
                         [asked.withdrawal_id]).fetchall() == [
        ("submit", "", "submitted", "staff"), ("review", "submitted", "reviewed", "reviewer"),
        ("approve", "reviewed", "approved", "second_reviewer")]
    assert audit(migrated)["faults"] == []


def test_interest_is_settled_before_the_money_is_taken(migrated, owner):
    account = account_of(owner, 0, 10_000_000)
    asked = reviewed(owner, account)
    outcome = done(owner, Step(asked, "approve", after=hours(24 * 90), actor=SECOND))
    assert outcome["amount_fen"] > 10_000_000 and money(owner, account)[:2] == (0, 0)
    assert owner.execute("SELECT proposal_id FROM interest_posting WHERE account_id = %s", [account.account_id]).fetchall() == [
        (asked.withdrawal_id,)]
    assert audit(migrated)["faults"] == []
    owner.execute("UPDATE interest_posting SET proposal_id = %s", [uuid.uuid4()])
    assert ("interest_posting", "proposal_id") in {(f["table"], f["column"]) for f in audit(migrated)["faults"]}


def test_a_window_pays_and_the_account_is_closed(migrated, owner):
    account = account_of(owner)
    asked = approved(owner, account)
    outcome = done(owner, Step(asked, "pay_at_window", after=hours(24), reason="cash"))
    assert (outcome["state"], outcome["paid_on"]) == ("paid", "2026-01-06")
    assert money(owner, account) == (0, 0, 0, "closed") and payable(owner) == 10700
    assert audit(migrated)["faults"] == []


def test_what_bounced_may_be_paid_at_a_window_once_the_card_was_changed(migrated, owner):
    asked = approved(owner)
    _, file_id = make_file(owner, asked)
    assert record(owner, file_id, (asked, "account_closed")) == ["done"]
    done(owner, Step(asked, "change_bank_account", after=hours(40)))
    done(owner, Step(asked, "pay_at_window", after=hours(41), reason="cash"))
    assert audit(migrated)["faults"] == []


def test_what_was_approved_and_cancelled_is_back(migrated, owner):
    account = account_of(owner)
    asked = approved(owner, account)
    outcome = done(owner, Step(asked, "cancel", after=hours(3)))
    assert outcome["state"] == "cancelled" and outcome["return_id"] is not None
    assert money(owner, account) == (10000, 700, 0, "active") and payable(owner) == 0
    assert audit(migrated)["faults"] == []


def test_money_that_comes_back_in_another_year_is_carried_over(migrated, owner):
    account = account_of(owner)
    done(owner, Step(approved(owner, account), "cancel", after=hours(24 * 400)))
    assert money(owner, account)[:2] == (0, 10700)
    assert audit(migrated)["faults"] == []


def test_a_closed_account_is_opened_again_by_a_return(owner):
    account = account_of(owner)
    asked = approved(owner, account)
    owner.execute("UPDATE account SET status = 'closed' WHERE account_id = %s", [account.account_id])
    done(owner, Step(asked, "cancel", after=hours(3)))
    assert money(owner, account) == (10000, 700, 0, "active")


def test_it_is_refused_for_what_speaks_against_it(owner):
    def refusal(account, **fields):
        (answer,) = apply(owner, Application(account, **fields))
        return answer[0]

    account = account_of(owner)
    assert refusal(account, reason="foreigner_leaving") == "withdrawal_not_eligible"
    assert refusal(account, reason="death") == "withdrawal_not_eligible"
    assert refusal(account, reason="destination_not_connected", kind="citizen") == "withdrawal_not_eligible"
    assert refusal(account, name_hash=b"x" * 32) == "payee_not_accepted"
    assert refusal(account, visible="44%,3501__") == "not_found"
    assert refusal(account_of(owner, 0, 0)) == "nothing_to_withdraw"
    assert refusal(account_of(owner, status="frozen")) == "account_frozen"
    assert refusal(account_of(owner, 0, 0, status="closed")) == "account_closed"
    submitted(owner, account)
    assert refusal(account) == "withdrawal_under_way"


def test_reviews_are_by_two_who_did_not_apply(owner):
    asked = submitted(owner, actor=FIRST)
    assert statuses(take(owner, Step(asked, "approve", actor=FIRST))) == ["reviewer_cannot_decide"]
    done(owner, Step(asked, "approve", actor=SECOND))
    assert statuses(take(owner, Step(asked, "approve", actor=SECOND))) == ["reviewer_cannot_decide"]
    assert statuses(take(owner, Step(asked, "refuse", actor=FIRST, reason="other"))) == ["reviewer_cannot_decide"]
    done(owner, Step(asked, "refuse", actor=OPERATOR, reason="other"))
    assert row(owner, asked)[0] == "rejected"


def test_nothing_is_decided_without_documents(owner):
    asked = Application(account_of(owner))
    assert statuses(apply(owner, asked)) == ["done"]
    assert statuses(take(owner, Step(asked, "approve", actor=FIRST))) == ["documents_missing"]
    hand_in(owner, asked)
    done(owner, Step(asked, "approve", actor=FIRST))


def test_held_money_and_money_at_a_wallet_stand_against_taking(owner):
    account = account_of(owner)
    created(owner, hold(account, add_provider(owner), 300))
    asked = reviewed(owner, account)
    assert statuses(take(owner, Step(asked, "approve", actor=SECOND))) == ["account_has_holds"]
    account = account_of(owner)
    asked = reviewed(owner, account)
    owner.execute(
        "INSERT INTO wallet_transfer (person_key, receiver_person_key, amount_fen, current_year_fen, carried_over_fen, created_at,"
        " returns_at, business_date, wallet_transfer_id, account_id, receiver_id, family_member_id, pool_code, state)"
        " VALUES (%s, 7, 1, 1, 0, %s, %s, '2026-01-05', gen_random_uuid(), %s, gen_random_uuid(), gen_random_uuid(), '620500', 'pending')",
        [account.person_key, INSTANT, INSTANT + hours(20), account.account_id])
    assert statuses(take(owner, Step(asked, "approve", actor=SECOND))) == ["account_has_holds"]


def test_what_was_spent_in_between_is_not_taken(owner):
    account = account_of(owner, 10000, 0)
    asked = reviewed(owner, account)
    created(owner, charge(account, add_provider(owner), 10000))
    assert statuses(take(owner, Step(asked, "approve", actor=SECOND))) == ["nothing_to_withdraw"]


def test_a_repetition_is_answered_as_the_first(owner):
    account = account_of(owner)
    application = Application(account)
    first, again = apply(owner, application), apply(owner, application)
    assert first[0][:2] == ("done", False) and again[0] == ("done", True, *first[0][2:])
    hand_in(owner, application)
    step = Step(application, "approve", actor=FIRST)
    first, again = take(owner, step), take(owner, step)
    assert again[0] == ("done", True, *first[0][2:])
    impossible = Step(application, "pay_at_window")
    first, again = take(owner, impossible), take(owner, impossible)
    assert first[0][0] == "not_possible_now" and again[0] == ("not_possible_now", True, *first[0][2:])
    assert first[0][3] == {"state": "reviewed", "possible": ["approve", "cancel", "refuse"]}


def transfer(connection, account, state="paying"):
    """To a pool that is not connected, by SQL."""
    transfer_id = make_id(account.person_key)
    connection.execute(
        "INSERT INTO transfer (person_key, created_at, entered_at, transfer_id, person_id, from_enrolment_id, from_account_id, machine,"
        " way, state, from_pool_code, to_pool_code, from_scheme, to_scheme, bank_card_sealed)"
        " VALUES (%s, %s, %s, %s, %s, gen_random_uuid(), %s, 'transfer_payout', 'payout', %s, '620500', '540100', "
        "'employee', 'employee', %s)",
        [account.person_key, INSTANT, INSTANT, transfer_id, account.person_id, account.account_id, state, b"t" * 40])
    return transfer_id


def test_a_desk_takes_over_what_cannot_move(migrated, owner):
    account, empty = account_of(owner), account_of(owner, 0, 0)
    ids = [make_id(one.person_key) for one in (account, empty)]
    answers = owner.execute(
        "SELECT status, amount_fen, current_year_fen, carried_over_fen FROM withdrawal_take_over(%s::text[], %s::uuid[], %s::bigint[],"
        " %s::uuid[], %s::timestamptz[], 'sha256')",
        [["good", "good"], ids, [account.person_key, empty.person_key], [transfer(owner, account), transfer(owner, empty)],
         [INSTANT, INSTANT]]).fetchall()
    assert answers == [("good", 10700, 10000, 700), ("nothing_to_withdraw", 0, 0, 0)]
    assert money(owner, account) == (0, 0, 0, "active")
    assert owner.execute(
        "SELECT state, reason, bank_card_of, payee_name_of, bank_card_sealed, payee_kind, account_status FROM withdrawal").fetchall() == [
        ("approved", "destination_not_connected", "transfer", "person", b"t" * 40, "person", "active")]
    owner.execute("UPDATE transfer SET withdrawal_id = withdrawal.withdrawal_id FROM withdrawal WHERE "
                  "withdrawal.transfer_id = transfer.transfer_id")
    assert {fault["table"] for fault in audit(migrated)["faults"]} <= {"transfer",
                                                                       "enrolment"}, "it has neither steps nor an enrolment here"


def test_a_record_with_a_withdrawal_under_way_is_not_merged(migrated, owner):
    survivor, duplicate = account_of(owner), account_of(owner)
    asked = submitted(owner, duplicate)
    assert merge(owner, survivor, duplicate)[0] == "conflict"
    done(owner, Step(asked, "cancel"))
    assert merge(owner, survivor, duplicate)[0] == "applied"
    assert audit(migrated)["faults"] == []


def test_an_account_whose_money_may_come_back_is_not_closed(owner):
    account = account_of(owner)
    approved(owner, account)
    assert owner.execute("SELECT account_status_fault(account, 'closed') FROM account WHERE account_id = %s",
                         [account.account_id]).fetchone() == ("not_allowed_in_status",)


def test_poisonous_members_hold_up_nobody(migrated, owner):
    """Absent, foreign, twice the same withdrawal, twice the same key, over, impossible: each gets its own answer."""
    good, other, over = submitted(owner), submitted(owner), submitted(owner)
    done(owner, Step(over, "cancel"))
    absent = Step(good, "approve", actor=FIRST)
    absent.withdrawal_id = make_id(good.person_key)
    same_key = Step(other, "approve", actor=FIRST)
    answers = take(owner, absent, Step(good, "approve", actor=FIRST, visible="44%"), Step(good, "approve", actor=FIRST),
                   Step(good, "refuse", actor=SECOND, reason="other"), same_key, same_key, Step(over, "approve", actor=FIRST),
                   Step(submitted(owner), "approve", actor=OPERATOR))
    assert statuses(answers) == ["not_found", "not_found", "done", "deferred", "done", "deferred", "not_possible_now",
                                 "reviewer_cannot_decide"]
    first, second = Application(account_of(owner)), Application(account_of(owner))
    second.account = first.account
    second.person_key = first.person_key
    third = Application(account_of(owner), name_hash=b"x" * 32)
    assert statuses(apply(owner, first, second, third)) == ["done", "deferred", "payee_not_accepted"]
    assert audit(migrated)["faults"] == []
