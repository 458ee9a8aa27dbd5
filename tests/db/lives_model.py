"""What becomes of everything when somebody dies, waits at a new pool, opens a wallet, or turns out to be on record twice."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime

from tests.db.money_model import day_of
from tests.db.moving_model import Moving
from tests.db.moving_things import OVER
from tests.db.sharing_model import GIVING
from tests.db.sharing_things import WALLET, Account

FAMILY_OPEN = ("invited", "active")


class Lives(Moving):
    """Deaths, records that are merged, and wallets."""

    def die(self, person):
        self.people[person].has_died = True
        for account in self.accounts_of(person):
            if account.status != "closed":
                account.status = "deceased"

    def open_wallet(self, account_id, person, caller, instant):
        """By the person, or the guardian of a minor whom somebody shares with."""
        wards = self.people[person].is_minor(day_of(instant)) and any(
            one.person == person and one.guardian == caller and one.state == "active" for one in self.members.values())
        wallet = self.wallet_of(person)
        for status, refused in (
                ("not_found", caller != person and not wards), ("conflict", self.people[person].merged_into is not None),
                ("account_deceased", self.people[person].has_died),
                ("account_closed", wallet is not None and wallet.status == "closed"), ("already_exists", wallet is not None)):
            if refused:
                return status, None
        self.accounts[account_id] = Account(WALLET, "spend_only", id=account_id, person=person, opened_at=instant)
        return "created", account_id

    # ── records that are merged ──

    def is_busy(self, survivor, duplicate):
        """Whether something is under way that a merge would tear apart."""
        both = (survivor, duplicate)
        return (any(one.held for one in self.accounts_of(duplicate))
                or any(one.person in both and one.state not in OVER for one in self.transfers.values())
                or any(one.account.person in both and one.state not in OVER for one in self.withdrawals.values())
                or any(one.state == "pending" and (one.member.account.person in both or one.member.person in both)
                       for one in self.sent.values())
                or any(one.state in FAMILY_OPEN and duplicate in (one.account.person, one.person, one.guardian)
                       for one in self.members.values()))

    def merge_refusal(self, survivor, duplicate):
        closed = {one.pool for one in self.accounts_of(survivor) if one.status == "closed"}
        if self.people[survivor].merged_into is not None or self.people[duplicate].merged_into is not None:
            return "conflict"
        if self.people[survivor].has_died or self.people[duplicate].has_died or any(
                one.status not in (*GIVING, "closed") or (one.pool in closed and one.current_year + one.carried_over)
                for one in self.accounts_of(duplicate)):
            return "not_allowed_in_status"
        return "conflict" if self.is_busy(survivor, duplicate) else None

    def merge(self, survivor, duplicate, instant, ids):
        """ids: {pool: id} of accounts that the survivor gets."""
        today = day_of(instant)
        self.merge_enrolments(survivor, duplicate, today)
        for account in self.accounts_of(duplicate):
            if account.status != "closed":
                account.settle(today)
        self.merge_accounts(survivor, duplicate, instant, ids)
        for account in self.accounts_of(duplicate):
            money = account.current_year, account.carried_over
            if any(money):
                next(one for one in self.accounts_of(survivor) if one.pool == account.pool).put(today, *money)
                account.put(today, -money[0], -money[1])
            account.status = "closed"
        self.people[duplicate].merged_into = survivor

    def merge_enrolments(self, survivor, duplicate, today):
        has_active = any((one.scheme, one.status) == ("employee", "active") for one in self.enrolments[survivor])
        known = {(one.pool, one.scheme, one.started_on) for one in self.enrolments[survivor]}
        for given in self.enrolments[duplicate]:
            ended = {"status": "ended", "ended_on": max(given.started_on, today)}
            ends = has_active and (given.scheme, given.status) == ("employee", "active")
            if (given.pool, given.scheme, given.started_on) not in known:
                self.enrolments[survivor].append(dataclasses.replace(given, **(ended if ends else {})))
            if given.status != "ended":
                given.status, given.ended_on = ended.values()

    def receiving(self, survivor, duplicate):
        """The pool whose account receives from now on."""
        working = [one.pool for one in self.enrolments[survivor]
                   if (one.scheme, one.status, one.account_mode) == ("employee", "active", "with_account")]
        active = [one.pool for person in (survivor, duplicate) for one in self.accounts_of(person) if one.status == "active"]
        return next(iter(working + active), None)

    def merge_accounts(self, survivor, duplicate, instant, ids):
        receiving = self.receiving(survivor, duplicate)
        own = {one.pool: one for one in self.accounts_of(survivor)}
        for account in own.values():
            if receiving and account.status == "active" and account.pool != receiving:
                account.status = "spend_only"
        for given in self.accounts_of(duplicate):
            mine = own.get(given.pool)
            if mine and mine.status == "spend_only" and given.pool == receiving:
                mine.status = "active"
            if mine is None:
                status = given.status if given.status in ("suspended", "closed") else "active" if given.pool == receiving else "spend_only"
                self.accounts[ids[given.pool]] = Account(given.pool, status, id=ids[given.pool], person=survivor, opened_at=instant)


def waits_from(random, today):
    """The first day of an enrolment that somebody has at another pool already."""
    return today + datetime.timedelta(random.choice((-20, -1, 0, 1, 25)))
