"""What the program should do with people who move or take their money out, told a second time: no SQL, one thing at a time."""
# SPDX-License-Identifier: Apache-2.0
import datetime

from tests.db.money_model import day_of
from tests.db.family_model import Family
from tests.db.moving_things import NEXT, OVER, STEPS, UNCONNECTED, Enrolment, Transfer, Withdrawal, money_of
from tests.db.sharing_model import GIVING, TAKING
from tests.db.sharing_things import Account

IN_FORCE = ("active", "suspended")
WITHDRAWING = {"active", "suspended", "spend_only", "deceased"}
A_DAY = datetime.timedelta(1)


class Moving(Family):
    """Transfers and withdrawals besides."""

    def __init__(self):
        super().__init__()
        self.transfers, self.withdrawals = {}, {}

    def open_withdrawal(self, account, but=None):
        return any(one.account is account and one.state not in OVER and one is not but for one in self.withdrawals.values())

    # ── transfers ──

    def enrolled_elsewhere(self, person, pool, scheme):
        """The enrolment that would be left."""
        found = [one for one in self.enrolments[person] if one.status in IN_FORCE and (one.pool, one.scheme) != (pool, scheme)]
        return min(found, default=None, key=lambda one: (one.scheme != scheme, one.status != "active", -one.started_on.toordinal()))

    def apply(self, transfer_id, person, to_pool, to_scheme, has_card, instant):
        """Which way it goes, and what speaks against it."""
        today = day_of(instant)
        old = self.enrolled_elsewhere(person, to_pool, to_scheme)
        account = None
        if old and old.scheme == "employee":
            account = next((one for one in self.accounts_of(person) if one.pool == old.pool and one.status != "closed"), None)
        new = min(self.waiting(person, to_pool, to_scheme, None), default=None,
                  key=lambda one: (one.status != "pending_in", one.status != "active", -one.started_on.toordinal()))
        has_died, way = self.people[person].has_died, None
        if old:
            way = "scheme_only" if old.pool == to_pool else "in_province" if old.pool[:2] == to_pool[:2] else "cross_province"
            if way == "cross_province" and to_pool == UNCONNECTED and money_of(way, account, to_scheme, new) == "moves":
                way = "payout"
        for status, refused in (
                ("transfer_under_way", any(one.person == person and one.state not in OVER for one in self.transfers.values())),
                ("nothing_to_transfer", old is None),
                ("retired_stays", old is not None and old.retired_on is not None and old.retired_on <= today),
                ("bank_card_needed", way == "payout" and not has_card),
                ("withdrawal_under_way", any(self.open_withdrawal(one) for one in self.accounts_of(person)
                                             if one is account or (one.pool, to_scheme) == (to_pool, "employee"))),
                ("account_" + (account.status if account else ""), account is not None and account.status not in GIVING
                 and not (has_died and account.status == "deceased")),
                ("account_deceased", has_died)):
            if refused:
                return status, None
        self.transfers[transfer_id] = Transfer(person, old, old.status, account, to_pool, to_scheme, way, new)
        old.status = "closing"
        return "created", way

    def waiting(self, person, pool, scheme, old):
        """Enrolments at the destination that a transfer could go to."""
        return [one for one in self.enrolments[person] if (one.pool, one.scheme) == (pool, scheme)
                and one.status in (*IN_FORCE, "pending_in") and one is not old]

    def goes_to(self, one):
        found = self.waiting(one.person, one.to_pool, one.to_scheme, one.old)
        return min(found, default=None, key=lambda e: (e is not one.new, e.status != "active", -e.started_on.toordinal()))

    def decide(self, transfer_id, desk, decision, actor, new_account_id, instant):
        one = self.transfers[transfer_id]
        step = NEXT[one.machine].get(one.state, {}).get((desk, decision))
        if step is None:
            return "not_possible_now", None
        event, state = step
        both = one.way == "payout" and event == "move_out"  # at the one desk that it has
        if actor in {who for other, who in one.decided.items() if other[0] != desk or both}:
            return "reviewer_cannot_decide", None
        if event.startswith("check") and not one.has_documents:
            return "documents_missing", None
        status = {"move_out": self.move_out, "take_in": self.take_in, "refuse": self.undo}.get(
            event, lambda *_: "good")(one, instant, new_account_id)
        if status != "good":
            return status, None
        if event != "refuse":
            one.decided[desk, event] = actor
        one.state = state
        if state == "paying" and not any(w.transfer is one for w in self.withdrawals.values()):
            one.state = "completed"
        return "done", None

    def move_out(self, one, instant, withdrawal_id):
        account, today = one.account, day_of(instant)
        new = self.goes_to(one)
        money = one.money(new)
        if self.people[one.person].has_died:
            return "account_deceased"
        if one.old.retired_on and one.old.retired_on <= today:
            return "retired_stays"
        if account and account.status != "closed":
            if account.status not in GIVING:
                return "account_" + account.status
            if money in ("moves", "paid_out") and (account.held or self.is_on_its_way(account)):
                return "account_has_holds"
            if self.open_withdrawal(account):
                return "withdrawal_under_way"
        one.account_was = account.status if account else None
        if account and account.status != "closed":
            if money == "moves":
                one.gone, one.gone_on = self.empty(account, today), today
                account.status = "closed"
            elif money == "paid_out":
                if account.current_year + account.carried_over:
                    made = Withdrawal(account, "destination_not_connected", None, "approved", transfer=one, account_was=account.status)
                    made.gone, made.gone_on = self.empty(account, today), today
                    self.withdrawals[withdrawal_id] = made
                account.status = "spend_only"
            else:
                account.status = "spend_only"
        one.moves_on = new.started_on if new else max(today, one.old.started_on + A_DAY)
        one.old.status, one.old.ended_on = "ended", max(one.old.started_on, one.moves_on - A_DAY)
        return "good"

    @staticmethod
    def empty(account, today):
        """All the money, its interest settled; what each part gave."""
        account.settle(today)
        gone = account.current_year, account.carried_over
        account.put(today, -gone[0], -gone[1])
        return gone

    def take_in(self, one, instant, account_id):
        new = self.goes_to(one)
        if self.people[one.person].has_died:
            return "account_deceased"
        account = next((a for a in self.accounts_of(one.person) if a.pool == one.to_pool), None)
        others = [e for e in self.enrolments[one.person] if e is not new]
        if one.to_scheme == "employee" and any((e.scheme, e.status) == ("employee", "active") for e in others):
            return "conflict"
        if new is None and any((e.pool, e.scheme, e.started_on) == (one.to_pool, one.to_scheme, one.moves_on) for e in others):
            return "conflict"
        if one.to_scheme == "employee" and account and self.open_withdrawal(account):
            return "withdrawal_under_way"
        if one.to_scheme == "employee" and account and account.status not in (*TAKING, "closed"):
            return "account_" + account.status
        if new is None:
            new = Enrolment(one.to_pool, one.to_scheme, started_on=one.moves_on)
            self.enrolments[one.person].append(new)
        new.status = "active"
        receives = new.account_mode == "with_account"
        if receives or any(one.gone):
            account = self.open_account(one, account, account_id, receives, instant)
            account.put_back(one.gone_on or day_of(instant), day_of(instant), *one.gone)
        return "good"

    def open_account(self, one, account, account_id, receives, instant):
        if receives:
            for other in self.accounts_of(one.person):
                if other.status == "active" and other is not account:
                    other.status = "spend_only"
        if account is None:
            account = self.accounts[account_id] = Account(one.to_pool, "closed", id=account_id, person=one.person, opened_at=instant)
        if receives or account.status == "closed":
            account.status = "active" if receives else "spend_only"
        return account

    def undo(self, one, instant, _=None):
        """As if it had not been applied for, but for what has changed meanwhile."""
        account = one.account
        if account and one.account_was:
            was = one.account_was
            if was == "active" and any(a.status == "active" and a is not account for a in self.accounts_of(one.person)):
                was = "spend_only"
            was = "deceased" if self.people[one.person].has_died else was
            if account.status in ("closed", "spend_only"):
                account.status = was
            if any(one.gone):
                account.put_back(one.gone_on, day_of(instant), *one.gone)
        if one.old.status in ("closing", "ended"):
            works = any((e.scheme, e.status) == ("employee", "active") for e in self.enrolments[one.person] if e is not one.old)
            one.old.status = "suspended" if works and one.old.scheme == "employee" else one.old_status
            one.old.ended_on = None
        return "good"

    def cancel(self, transfer_id, instant):
        one = self.transfers[transfer_id]
        if one.state in OVER or one.state == "paying":
            return "not_possible_now", None
        self.undo(one, instant)
        one.state = "cancelled"
        return "done", None

    # ── withdrawals ──

    def refusal(self, account, reason, own, today):
        employed = [e for e in self.enrolments[account.person] if e.scheme == "employee"]
        moving = [one for one in self.transfers.values() if one.person == account.person and one.state not in OVER]
        eligible = {"emigration": not any(e.status in ("active", "closing", "pending_in") for e in employed)
                    and not any(one.to_scheme == "employee" for one in moving),
                    "resettled_retiree": any(e.pool == account.pool and e.status == "active" and e.retired_on and e.retired_on <= today
                                             for e in employed)}
        has_died = self.people[account.person].has_died
        for status, refused in (
                ("account_" + account.status, account.status not in WITHDRAWING),
                ("withdrawal_under_way", self.open_withdrawal(account, own)),
                ("transfer_under_way", any(own is None or one is not own.transfer for one in moving if one.account is account
                                           or (one.to_pool, one.to_scheme) == (account.pool, "employee"))),
                ("withdrawal_not_eligible", has_died != (reason == "death") or not eligible.get(reason, True)),
                ("nothing_to_withdraw", account.current_year + account.carried_over == 0)):
            if refused:
                return status
        return None

    def withdraw(self, withdrawal_id, account_id, reason, is_own_name, applicant, instant):
        """To the person, or where they have died to an heir."""
        account = self.accounts[account_id]
        fits = is_own_name != (reason == "death")
        status = self.refusal(account, reason, None, day_of(instant)) or (None if fits else "payee_not_accepted")
        if status:
            return status, None
        self.withdrawals[withdrawal_id] = Withdrawal(account, reason, applicant)
        return "done", None

    def step(self, withdrawal_id, event, actor, instant):
        one, today = self.withdrawals[withdrawal_id], day_of(instant)
        if (event, one.state) == ("approve", "submitted"):
            event = "review"
        state = STEPS.get(one.state, {}).get(event)
        if state is None:
            return "not_possible_now", None
        if event in ("review", "approve", "refuse") and actor in (one.applicant, one.reviewer):
            return "reviewer_cannot_decide", None
        if event in ("review", "approve"):
            if not one.has_documents:
                return "documents_missing", None
            status = self.refusal(one.account, one.reason, one, today)
            if status:
                return status, None
            if event == "approve" and (one.account.held or self.is_on_its_way(one.account)):
                return "account_has_holds", None
        if event in ("pay_at_window", "change_bank_account") and self.payout_refusal(one):
            return self.payout_refusal(one), None
        if event == "review":
            one.reviewer = actor
        elif event == "approve":
            one.account_was = one.account.status
            one.gone, one.gone_on = self.empty(one.account, today), today
        one.state = state
        if event in ("cancel", "give_up") and any(one.gone):
            self.give_back(one, instant)
        elif state == "paid":
            self.paid(one, today)
        return "done", one.gone

    def payout_refusal(self, one):
        """Why not, while its account may not give any more, or somebody else is to get it."""
        if self.people[one.account.person].has_died and one.reason != "death":
            return "account_deceased"
        return None if one.account.status in (*WITHDRAWING, "closed") else "account_" + one.account.status

    def give_back(self, one, instant):
        account = one.account
        if account.status == "closed":
            works = any(a.status == "active" for a in self.accounts_of(account.person))
            account.status = "spend_only" if one.account_was == "active" and works else one.account_was
        account.put_back(one.gone_on, day_of(instant), *one.gone)
        if one.transfer and one.transfer.state == "paying":
            self.undo(one.transfer, instant)
            one.transfer.state = "rejected"

    def paid(self, one, today):
        account = one.account
        receives = one.reason != "death" and any(
            (e.pool, e.account_mode) == (account.pool, "with_account") and e.status in ("active", "closing", "pending_in")
            for e in self.enrolments[account.person])
        if one.reason != "resettled_retiree" and not receives and account.status != "closed":
            newest = max(day for day, _, _ in account.movements)
            is_left = account.current_year + account.carried_over or account.held or self.is_on_its_way(account)
            if is_left or account.interest_due(newest + A_DAY):
                account.status = "spend_only" if account.status == "active" else account.status
            else:
                account.status = "closed"
        if one.transfer and one.transfer.state == "paying":
            one.transfer.state = "completed"

    def between(self):
        """What is in no account: in transit to wallets and pools, and payable to banks."""
        return {"transit": sum(one.amount for one in self.sent.values() if one.state == "pending")
                + sum(sum(one.gone) for one in self.transfers.values() if one.state == "in_review"),
                "withdrawal_payable": sum(sum(one.gone) for one in self.withdrawals.values()
                                          if one.state in ("approved", "instructed", "bounced", "paid"))}
