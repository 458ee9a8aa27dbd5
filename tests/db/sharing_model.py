"""What the program should do with money that is shared, told a second time: charges with several payers, and wallets."""
# SPDX-License-Identifier: Apache-2.0
import datetime

from tests.db.money_model import LARGEST_FEN, REFUNDING, SHANGHAI, SPENDING, day_of
from tests.db.sharing_things import RULES, WALLET, Charge, Sent, Share

ORDER = ("own", "wallet", "family")
GIVING = {"active", "suspended", "spend_only"}
INSURING = ("active", "closing")
TAKING = GIVING


def allows(provider, pool, usage):
    return usage != "premium" and not (
        provider.type == "pharmacy" and (usage == "treatment" or (pool, usage) == ("330600", "device")))


class Sharing:
    """Accounts, relatives, charges and wallet transfers."""

    def __init__(self):
        self.people, self.accounts, self.enrolments, self.members, self.providers = {}, {}, {}, {}, {}
        self.charges, self.sent, self.numbers = {}, {}, set()

    def accounts_of(self, person):
        return [one for one in self.accounts.values() if one.person == person]

    def wallet_of(self, person):
        return next((one for one in self.accounts_of(person) if one.pool == WALLET), None)

    def now(self, account):
        """What an account has become, where its owner's record was merged into another."""
        person = account.person
        while self.people[person].merged_into is not None:
            person = self.people[person].merged_into
        return account if person == account.person else next(one for one in self.accounts_of(person) if one.pool == account.pool)

    # ── charges ──

    def spent(self, account, day, provider=None):
        return sum(charge.of(share) for charge in self.charges.values() for share in charge.shares
                   if share.account is account and charge.day == day and provider in (None, charge.provider))

    def within(self, account, fen, day, provider):
        rule = RULES[account.pool]
        if self.spent(account, day) + fen > (rule.account_day_limit_fen or LARGEST_FEN):
            return "account_day_limit"
        here = self.spent(account, day, provider) + fen
        return "provider_day_limit" if here > (rule.provider_day_limit_fen or LARGEST_FEN) else None

    def used(self, member, starts):
        return sum(charge.of(share) - share.refunded for charge in self.charges.values() for share in charge.shares
                   if share.member is member and charge.day.isoformat().startswith(starts))

    def others(self, person, account):
        """Who might pay for somebody beside the account, in the order of the rule."""
        found = [("wallet" if one.pool == WALLET else "own", one.opened_at, one, None)
                 for one in self.accounts_of(person)
                 if one is not account and (one.status == "spend_only" or one.pool == WALLET)]
        found += [("family", one.since, one.account, one) for one in self.members.values()
                  if one.person == person and one.state == "active" and one.way == "direct"]
        found = [one for one in found if one[2].available > 0]
        return sorted(found, key=lambda one: (ORDER.index(one[0]), one[1], one[2].id.int))

    def has_more(self, person, account):
        return bool(self.others(person, account)) or any(
            one.person == person and one.state == "active" and one.way == "direct" for one in self.members.values())

    def most(self, payer, provider_id, usage, expires_at, instant):
        """What another payer pays at most."""
        kind, _, account, member = payer
        rule, day = RULES[account.pool], day_of(instant)
        too_long = expires_at is not None and expires_at > instant + datetime.timedelta(hours=rule.hold_max_hours)
        if account.status not in SPENDING or too_long or not allows(self.providers[provider_id], account.pool, usage):
            return 0
        if kind == "family" and (usage not in member.usages or not self.is_shared(account) or not self.is_insured(member.person, day)):
            return 0
        most = [account.available]
        if rule.account_day_limit_fen:
            most += [rule.account_day_limit_fen - self.spent(account, day),
                     rule.provider_day_limit_fen - self.spent(account, day, provider_id)]
        if kind == "family":
            used = (0, self.used(member, day.isoformat()[:7]), self.used(member, day.isoformat()[:4]))
            most += [limit - gone for limit, gone in zip(member.limits, used) if limit is not None]
        return max(0, min(most))

    def is_insured(self, person, day):
        return any(one.status in INSURING and one.started_on <= day for one in self.enrolments[person])

    def is_shared(self, account):
        """Only who is employed in the account's pool shares it, and only what is in use."""
        return account.status not in ("closed", "deceased", "spend_only") and any(
            (one.pool, one.scheme) == (account.pool, "employee") and one.status != "ended" for one in self.enrolments[account.person])

    def home(self, person, provider):
        """The pool that somebody without an account is charged in."""
        found = [one for one in self.enrolments[person] if one.status in (*INSURING, "suspended") and provider.serves(one.pool)]
        if not found or self.people[person].has_died:
            return None
        return min(found, key=lambda one: (one.status != "active", -one.started_on.toordinal())).pool

    def charge(self, charge_id, provider_id, person, account_id, number, usage, fen, expires_at, instant):
        """account_id None: the person has none, and others pay all."""
        if (provider_id, "charge", number) in self.numbers:
            return "charge_number_used", None
        account, provider, own, shares = self.accounts.get(account_id), self.providers[provider_id], 0, []
        if account:
            own = min(fen, account.available) if self.has_more(person, account) else fen
            shares = [Share("account", account, None, own)]
        pool = self.home(person, provider) if account is None else account.pool if provider.serves(account.pool) else None
        status = self.judge_own(account, pool, provider_id, usage, own, expires_at, instant)
        if status:
            return status, None
        rest = fen - own
        for payer in self.others(person, account):
            paid = min(rest, self.most(payer, provider_id, usage, expires_at, instant)) if rest else 0
            if paid:
                shares.append(Share(payer[0], payer[2], payer[3], paid))
                rest -= paid
        if rest:
            return "insufficient_balance", None
        made = self.charges[charge_id] = Charge(provider_id, person, day_of(instant), expires_at, shares)
        self.numbers.add((provider_id, "charge", number))
        if expires_at is None:
            made.captured_on = made.day
            for share in shares:
                share.take(share.amount, made.day)
        else:
            made.state = "held"
            for share in shares:
                share.account.held += share.amount
        return "created", (*self.paid_of(made.own), [(one.kind, one.amount) for one in shares if one.amount])

    @staticmethod
    def paid_of(own):
        """What the account that was charged has paid."""
        return (own.current_year, own.carried_over) if own else (0, 0)

    def judge_own(self, account, pool, provider_id, usage, fen, expires_at, instant):
        if pool is None:
            return "not_found"
        if not allows(self.providers[provider_id], pool, usage):
            return "usage_not_allowed"
        if expires_at is not None and expires_at <= instant:
            return "hold_expired"
        if expires_at is not None and expires_at > instant + datetime.timedelta(hours=RULES[pool].hold_max_hours):
            return "hold_too_long"
        if account is None:
            return None
        if account.status not in SPENDING:
            return "account_" + account.status
        if fen > account.available:
            return "insufficient_balance"
        return self.within(account, fen, day_of(instant), provider_id)

    @staticmethod
    def is_over(charge, instant):
        return charge.state == "expired" or (charge.state == "held" and charge.expires_at <= instant)

    def free(self, charge, state):
        for share in charge.shares:
            share.account.held -= share.amount
        charge.state = state

    def capture(self, charge_id, fen, instant):
        charge = self.charges[charge_id]
        held = sum(share.amount for share in charge.shares)
        rest, own, plan = fen or held, charge.own, []
        if self.is_over(charge, instant):
            return "hold_expired", None
        if charge.state != "held":
            return "charge_not_held", None
        if rest > held:
            return "capture_exceeds_hold", None
        if own and own.amount and own.account.status not in SPENDING:
            return "account_" + own.account.status, None
        for share in charge.shares:
            plan.append(min(rest, share.amount) if share is own or share.account.status in SPENDING else 0)
            rest -= plan[-1]
        if rest:
            return "insufficient_balance", None
        self.free(charge, "captured")
        charge.captured_on = day_of(instant)
        for share, paid in zip(charge.shares, plan):
            share.take(paid, charge.captured_on)
        return "captured", self.paid_of(own)

    def void(self, charge_id, instant):
        charge = self.charges[charge_id]
        if self.is_over(charge, instant):
            return "hold_expired", None
        if charge.state != "held":
            return "charge_not_held", None
        self.free(charge, "voided")
        return "voided", None

    def expire(self, instant):
        due = [one for one in self.charges.values() if one.state == "held" and one.expires_at <= instant]
        for charge in due:
            self.free(charge, "expired")
        return len(due)

    def refund(self, charge_id, provider_id, number, fen, instant):
        """Who paid last gets back first, the account that was charged last; who takes nothing is passed over."""
        charge, plan, refused = self.charges[charge_id], [], None
        if (provider_id, "refund", number) in self.numbers:
            return "refund_number_used", None
        if charge.state != "captured":
            return "charge_not_captured", None
        rest = fen or charge.left
        if not 1 <= rest <= charge.left:
            return "refund_exceeds_charge", None
        for share in reversed(charge.shares):
            back, into = min(rest, share.captured - share.refunded), self.now(share.account)
            if back and into.status not in REFUNDING:
                refused, back = refused or "account_" + into.status, 0
            plan.append((share, back, into))
            rest -= back
        if rest:
            return refused, None
        self.numbers.add((provider_id, "refund", number))
        received = [share.give(back, into, charge.captured_on, day_of(instant)) for share, back, into in plan]
        return "created", received[-1] if charge.own else (0, 0)

    # ── wallets ──

    def send(self, sent_id, member_id, fen, instant):
        """Money leaves an account for a relative's wallet, and waits."""
        member, local = self.members[member_id], instant.astimezone(SHANGHAI)
        account, wallet = member.account, self.wallet_of(member.person)
        today = [one for one in self.sent.values() if one.member.account.person == account.person and one.day == local.date()]
        for status, refused in (
                ("not_possible_now", member.state != "active"), ("conflict", member.way != "wallet"),
                ("account_deceased", self.people[account.person].has_died),
                ("member_not_enrolled", self.people[member.person].has_died),
                ("account_" + account.status, not self.is_shared(account) and account.status in ("closed", "deceased")),
                ("scheme_cannot_share", not self.is_shared(account)),
                ("wallet_quiet_hours", local.hour >= 22 or local.hour < 6), ("wallet_transfer_too_large", fen > 200000),
                ("wallet_day_limit", len(today) >= 3), ("wallet_not_open", wallet is None or wallet.status not in TAKING),
                ("account_" + account.status, account.status not in GIVING), ("insufficient_balance", fen > account.available)):
            if refused:
                return status, None
        parts = account.split(fen)
        account.put(local.date(), -parts[0], -parts[1])
        back = datetime.datetime.combine(local.date() + datetime.timedelta(1), datetime.time(6), SHANGHAI)
        self.sent[sent_id] = Sent(member, *parts, local.date(), back)
        return "created", parts

    def end_sent(self, event, sent_id, caller, instant):
        sent = self.sent[sent_id]
        member = sent.member
        ward = member.guardian is not None and self.people[member.person].is_minor(day_of(instant))
        if event == "cancel":
            status = None if caller == member.account.person else "not_found"
        else:
            status = None if ward and caller == member.guardian else "not_found" if caller != member.person else \
                "guardian_needed" if ward else None
        if status:
            return status, None
        if sent.state != "pending" or (event == "accept" and sent.returns_at <= instant):
            return "not_possible_now", None
        if event == "accept":
            wallet = self.wallet_of(sent.member.person)
            if wallet.status not in TAKING:
                return "account_" + wallet.status, None
            wallet.put(day_of(instant), 0, sent.amount)
            sent.state = "accepted"
        else:
            self.bring_back(sent, event, instant)
        return "done", None

    def bring_back(self, sent, event, instant):
        sent.member.account.put_back(sent.day, day_of(instant), sent.current_year, sent.carried_over)
        sent.state = {"decline": "declined", "cancel": "cancelled", "return": "returned"}[event]

    def return_sent(self, instant):
        due = [one for one in self.sent.values() if one.state == "pending" and one.returns_at <= instant]
        for sent in due:
            self.bring_back(sent, "return", instant)
        return len(due)

    def is_on_its_way(self, account):
        return any(one.state == "pending" and one.member.account is account for one in self.sent.values())

    # ── the rest ──

    def adjust(self, account, part, fen, instant):
        if getattr(account, part) + fen < 0 or account.available + fen < 0:
            return "insufficient_balance"
        account.move(day_of(instant), part, fen)
        return "proposed"
