"""What the program should do with money, told a second time and as plainly as possible: no SQL, no batches, one thing at a time."""
# SPDX-License-Identifier: Apache-2.0
import datetime
from dataclasses import dataclass, field

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
LARGEST_FEN = 9007199254740991
RATES_PPM = {"620100": (3500, 11000, 360), "330600": (15000, 15000, 365), "620500": (3500, 11000, 360)}
SPENDING = {"active", "suspended", "spend_only"}
REFUNDING = {"active", "suspended", "frozen", "spend_only", "deceased"}
NEVER_KEPT = {"not_found"}


@dataclass
class Rule:
    """How accounts of a pool are charged: db/data/charge_rules.csv."""
    pays_first: str = "current_year"
    account_day_limit_fen: int | None = None
    provider_day_limit_fen: int | None = None
    hold_max_hours: int = 168


RULES = {"620100": Rule(), "330600": Rule("carried_over"), "620500": Rule("current_year", 2000000, 1000000, 72)}


@dataclass
class Account:
    pool: str
    status: str = "active"
    current_year: int = 0
    carried_over: int = 0
    held: int = 0
    interest_to: datetime.date | None = None
    movements: list = field(default_factory=list)

    def move(self, day, part, fen):
        """Adds to a part of the balance; the day is from when it counts for interest."""
        setattr(self, part, getattr(self, part) + fen)
        self.movements.append((day, part, fen))

    def at_end_of(self, day, part):
        return sum(fen for moved_on, moved, fen in self.movements if moved == part and moved_on <= day)

    @property
    def available(self):
        return self.current_year + self.carried_over - self.held

    def split(self, fen):
        """What each part would pay of an amount."""
        if RULES[self.pool].pays_first == "current_year":
            current = min(fen, self.current_year)
        else:
            current = fen - min(fen, self.carried_over)
        return current, fen - current


@dataclass
class Charge:
    account: object
    provider: object
    amount: int
    day: datetime.date
    expires_at: datetime.datetime | None
    state: str = "captured"
    current_year: int = 0
    carried_over: int = 0
    captured_at: datetime.datetime | None = None
    given_back: dict = field(default_factory=lambda: {"current_year": 0, "carried_over": 0})

    @property
    def captured(self):
        return self.current_year + self.carried_over

    @property
    def refunded(self):
        return sum(self.given_back.values())

    @property
    def counts(self):
        return self.amount if self.state == "held" else self.captured


@dataclass
class Provider:
    type: str
    regions: tuple
    state: str = "active"

    def serves(self, pool):
        return bool({"000000", pool, pool[:2] + "0000"} & set(self.regions))


def day_of(instant):
    return instant.astimezone(SHANGHAI).date()


class Model:
    """Accounts, providers and charges by id, and every key and number that was used."""

    def __init__(self):
        self.accounts, self.providers, self.charges, self.numbers, self.keys = {}, {}, {}, set(), {}

    def once(self, operation, principal, key, content, decide):
        """decide() tells (status, facts); what was told before is told again. Returns (status, facts, is_replayed)."""
        stored = self.keys.get((operation, principal, key))
        if stored is not None:
            return (*stored[1], True) if stored[0] == content else ("idempotency_key_reused", None, False)
        answer = decide()
        if answer[0] not in NEVER_KEPT:
            self.keys[operation, principal, key] = (content, answer)
        return (*answer, False)

    def charge(self, charge_id, provider_id, account_id, number, usage, fen, expires_at, instant):
        """A charge, or with expires_at a hold."""
        account, provider = self.accounts.get(account_id), self.providers[provider_id]
        status = self.judge(account, provider_id, provider, number, usage, fen, expires_at, instant)
        if status is not None:
            return status, None
        self.numbers.add((provider_id, "charge", number))
        made = Charge(account_id, provider_id, fen, day_of(instant), expires_at)
        self.charges[charge_id] = made
        if expires_at is None:
            self.take(made, fen, instant)
        else:
            made.state, account.held = "held", account.held + fen
        return "created", (made.current_year, made.carried_over)

    def judge(self, account, provider_id, provider, number, usage, fen, expires_at, instant):
        if (provider_id, "charge", number) in self.numbers:
            return "charge_number_used"
        if account is None or not provider.serves(account.pool):
            return "not_found"
        if provider.state != "active":
            return "provider_not_designated"
        if usage == "premium" or (provider.type == "pharmacy" and (usage == "treatment" or (account.pool, usage) == ("330600", "device"))):
            return "usage_not_allowed"
        rule = RULES[account.pool]
        if expires_at is not None and expires_at <= instant:
            return "hold_expired"
        if expires_at is not None and expires_at > instant + datetime.timedelta(hours=rule.hold_max_hours):
            return "hold_too_long"
        if account.status not in SPENDING:
            return "account_" + account.status
        if fen > account.available:
            return "insufficient_balance"
        today = [one for one in self.charges.values()
                 if self.accounts[one.account] is account and one.day == day_of(instant)]
        if sum(one.counts for one in today) + fen > (rule.account_day_limit_fen or LARGEST_FEN):
            return "account_day_limit"
        here = sum(one.counts for one in today if one.provider == provider_id)
        return "provider_day_limit" if here + fen > (rule.provider_day_limit_fen or LARGEST_FEN) else None

    def take(self, charge, fen, instant):
        account = self.accounts[charge.account]
        charge.current_year, charge.carried_over = account.split(fen)
        account.move(day_of(instant), "current_year", -charge.current_year)
        account.move(day_of(instant), "carried_over", -charge.carried_over)
        charge.state, charge.captured_at = "captured", instant

    def own(self, charge_id, provider_id):
        charge = self.charges.get(charge_id)
        return charge if charge is not None and charge.provider == provider_id else None

    def capture(self, charge_id, provider_id, fen, instant):
        """All of a hold, or part of it; the rest is free again."""
        charge = self.own(charge_id, provider_id)
        if charge is None:
            return "not_found", None
        account, fen = self.accounts[charge.account], fen or charge.amount
        if self.is_over(charge, instant):
            return "hold_expired", None
        if charge.state != "held":
            return "charge_not_held", None
        if fen > charge.amount:
            return "capture_exceeds_hold", None
        if account.status not in SPENDING:
            return "account_" + account.status, None
        account.held -= charge.amount
        self.take(charge, fen, instant)
        return "captured", (charge.current_year, charge.carried_over)

    @staticmethod
    def is_over(charge, instant):
        """Whether a hold is past its time, swept or not."""
        return charge.state == "expired" or (charge.state == "held" and charge.expires_at <= instant)

    def release(self, charge, state):
        self.accounts[charge.account].held -= charge.amount
        charge.state = state

    def void(self, charge_id, provider_id, instant):
        charge = self.own(charge_id, provider_id)
        if charge is None:
            return "not_found", None
        if self.is_over(charge, instant):
            return "hold_expired", None
        if charge.state != "held":
            return "charge_not_held", None
        self.release(charge, "voided")
        return "voided", None

    def expire(self, instant):
        """How many holds are over."""
        due = [one for one in self.charges.values() if one.state == "held" and one.expires_at <= instant]
        for charge in due:
            self.release(charge, "expired")
        return len(due)

    def refund(self, charge_id, provider_id, number, fen, instant):
        """To the part that paid, last taken first; of a former account year to the carried-over part."""
        charge = self.own(charge_id, provider_id)
        if charge is None:
            return "not_found", None
        if (provider_id, "refund", number) in self.numbers:
            return "refund_number_used", None
        if charge.state != "captured":
            return "charge_not_captured", None
        account, fen = self.accounts[charge.account], fen or charge.captured - charge.refunded
        if fen < 1 or charge.refunded + fen > charge.captured:
            return "refund_exceeds_charge", None
        if account.status not in REFUNDING:
            return "account_" + account.status, None
        first = RULES[account.pool].pays_first
        last = "carried_over" if first == "current_year" else "current_year"
        back = {last: min(fen, getattr(charge, last) - charge.given_back[last])}
        back[first] = fen - back[last]
        for part, amount in back.items():
            charge.given_back[part] += amount
        moved = charge.captured_at.astimezone(SHANGHAI).year < instant.astimezone(SHANGHAI).year
        current = 0 if moved else back["current_year"]
        account.move(day_of(instant), "current_year", current)
        account.move(day_of(instant), "carried_over", fen - current)
        self.numbers.add((provider_id, "refund", number))
        return "created", (current, fen - current)

    def adjust(self, account_id, part, fen, instant):
        """A correction by the agency, to the credit of a part or, below zero, its debit."""
        account = self.accounts[account_id]
        if getattr(account, part) + fen < 0 or account.available + fen < 0:
            return "insufficient_balance"
        account.move(day_of(instant), part, fen)
        return "proposed"

    def year_end(self, account_id, year):
        """Interest of both parts, day by day, rounded once; then what was current-year money and still is becomes carried-over."""
        account, end = self.accounts[account_id], datetime.date(year + 1, 1, 1)
        *rates, basis = RATES_PPM[account.pool]
        days = [datetime.date(year, 1, 1) + datetime.timedelta(days) for days in range((end - datetime.date(year, 1, 1)).days)]
        interest = []
        for part, rate_ppm in zip(("current_year", "carried_over"), rates):
            borne = sum(account.at_end_of(day, part) for day in days) * rate_ppm
            interest.append((2 * borne + basis * 1_000_000) // (2 * basis * 1_000_000))
        left = max(0, min(account.at_end_of(days[-1], "current_year"), account.current_year))
        account.move(end, "current_year", interest[0] - left - interest[0])
        account.move(end, "carried_over", interest[1] + left + interest[0])
        account.interest_to = end
        return "posted", (*interest, left + interest[0])
