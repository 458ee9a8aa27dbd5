"""Whether the payee may still get the money is asked again when it is about to leave."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.db import transferring
from tests.db.charging import hours
from tests.db.posting import INSTANT
from tests.db.withdrawing import Application, Step, account_of, approved, done, make_file, money, record, row, statuses, take
from tests.db.world import audit

DIED = "UPDATE person SET deceased_on = '2026-01-05' WHERE person_key = %s"
LIVES = "UPDATE person SET deceased_on = NULL WHERE person_key = %s"
FROZEN = "UPDATE account SET status = 'frozen' WHERE person_key = %s"


def at_window(connection, asked, after=hours(6)):
    return statuses(take(connection, Step(asked, "pay_at_window", after=after, reason="cash")))[0]


@pytest.mark.parametrize(("happens", "refusal"), [(DIED, "account_deceased"), (FROZEN, "account_frozen")])
def test_what_must_not_be_paid_any_more(owner, happens, refusal):
    asked, other = approved(owner), approved(owner)
    owner.execute(happens, [asked.person_key])
    assert at_window(owner, asked) == refusal
    assert make_file(owner, asked, other)[0] == "conflict", "it was read before that happened"
    assert make_file(owner, other)[0] == "done"
    assert row(owner, asked, "state") == ("approved",)


def test_after_a_death_it_is_cancelled_and_heirs_apply(migrated, owner):
    account = account_of(owner)
    asked = approved(owner, account)
    owner.execute(DIED, [asked.person_key])
    owner.execute("UPDATE account SET status = 'deceased' WHERE person_key = %s", [asked.person_key])
    done(owner, Step(asked, "cancel", after=hours(3)))
    assert money(owner, account)[:2] == (10000, 700)
    heirs = approved(owner, account, reason="death", instant=INSTANT + hours(4))
    assert at_window(owner, heirs) == "done"
    assert audit(migrated)["faults"] == []


def test_the_heirs_get_nothing_from_the_living(owner):
    account = account_of(owner)
    owner.execute(DIED, [account.person_key])
    asked = approved(owner, account, reason="death")
    owner.execute(LIVES, [account.person_key])
    assert at_window(owner, asked) == "withdrawal_not_eligible"
    assert make_file(owner, asked)[0] == "conflict"
    owner.execute(DIED, [account.person_key])
    assert at_window(owner, asked) == "done"


def test_a_file_that_the_bank_has_is_answered_whatever_has_happened_since(owner):
    asked, bounced = approved(owner), approved(owner)
    _, file_id = make_file(owner, asked, bounced)
    for one in (asked, bounced):
        owner.execute(DIED, [one.person_key])
    assert record(owner, file_id, (asked, "paid"), (bounced, "account_closed")) == ["done", "done"]
    assert statuses(take(owner, Step(bounced, "change_bank_account", after=hours(40)))) == ["account_deceased"]
    done(owner, Step(bounced, "give_up", after=hours(41)))
    assert money(owner, bounced.account)[:2] == (10000, 700)


def test_the_money_of_a_transfer_that_nobody_may_get_goes_back(migrated, owner):
    moving = transferring.apply(owner, "payout", transferring.FAR)
    assert transferring.step(owner, moving, "out") == "done"
    assert transferring.step(owner, moving, "out", actor_id=transferring.OUT_TWO) == "done"
    asked = Application(moving.account, instant=INSTANT + transferring.DAY)
    (asked.withdrawal_id,) = owner.execute("SELECT withdrawal_id FROM transfer WHERE transfer_id = %s", [moving.transfer_id]).fetchone()
    owner.execute(DIED, [moving.person_key])
    assert at_window(owner, asked) == "account_deceased"
    done(owner, Step(asked, "cancel", after=hours(7)))
    assert transferring.row(owner, moving)["state"] == "rejected"
    assert transferring.accounts(owner, moving)["620500"] == ("deceased", 5000, 700)
