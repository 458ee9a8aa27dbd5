"""Accounts, relatives, charges of several payers and wallet transfers as the model of sharing has them: what each does with its money."""
# SPDX-License-Identifier: Apache-2.0
import datetime
from dataclasses import dataclass, field

from tests.db import money_model

WALLET = "000000"
RULES = {"620500": money_model.Rule("current_year", 2000000, 1000000, 72), "330600": money_model.Rule("carried_over"),
         "620100": money_model.Rule(), "440100": money_model.Rule(), "540000": money_model.Rule(),
         WALLET: money_model.Rule()}
RATES_PPM = {pool: (15000, 15000, 365) if pool == "330600" else (3500, 11000, 360) for pool in RULES}


@dataclass
class Person:
    born: datetime.date = datetime.date(1970, 1, 1)
    has_died: bool = False
    merged_into: object = None

    def is_minor(self, day):
        """Until the eighteenth birthday; who was born on 29 February has it on the 28th."""
        try:
            return self.born.replace(year=self.born.year + 18) > day
        except ValueError:
            return datetime.date(self.born.year + 18, 2, 28) > day


@dataclass
class Account(money_model.Account):
    id: object = None
    person: object = None
    opened_at: datetime.datetime | None = None
    thawed: str | None = None

    def split(self, fen):
        if RULES[self.pool].pays_first == "current_year":
            current = min(fen, self.current_year)
        else:
            current = fen - min(fen, self.carried_over)
        return current, fen - current

    def put(self, day, current, carried):
        self.move(day, "current_year", current)
        self.move(day, "carried_over", carried)

    def put_back(self, taken_on, day, current, carried):
        """Current-year money of an account year that has ended is carried over."""
        if taken_on.year < day.year:
            current, carried = 0, current + carried
        self.put(day, current, carried)
        return current, carried

    def reckon(self, start, end):
        """Interest of both parts, from a day to before another."""
        *rates, basis = RATES_PPM[self.pool]
        days = [start + datetime.timedelta(n) for n in range((end - start).days)]
        due = []
        for part, rate in zip(("current_year", "carried_over"), rates):
            borne = sum(self.at_end_of(day, part) for day in days) * rate
            due.append((2 * borne + basis * 1_000_000) // (2 * basis * 1_000_000))
        return due if self.status != "closed" else [0, 0]

    def open_years(self, until):
        """(first day, day after the last) of each account year whose interest is open."""
        if not self.movements:
            return
        start = self.interest_to or self.movements[0][0]
        while start < until:
            end = min(datetime.date(start.year + 1, 1, 1), until)
            yield start, end
            start = end

    def interest_due(self, until):
        return sum(sum(self.reckon(*days)) for days in self.open_years(until))

    def post_interest(self, start, end):
        """The interest of days, and where the year ends the carrying over; None where nothing is due."""
        interest, left, is_end = self.reckon(start, end), 0, (end.month, end.day) == (1, 1)
        if not is_end and not any(interest):
            return None
        if is_end:
            left = max(0, min(self.at_end_of(end - datetime.timedelta(1), "current_year"), self.current_year)) + interest[0]
        self.put(end, interest[0] - left, interest[1] + left)
        self.interest_to = end
        return interest[0], interest[1], left

    def settle(self, until):
        for days in list(self.open_years(until)):
            self.post_interest(*days)


@dataclass
class Member:
    """A relative: `way` direct is paid for, wallet is sent money. since: when sharing began, None before."""
    account: Account
    person: object
    way: str
    since: datetime.datetime | None = None
    usages: tuple = ()
    limits: tuple = (None, None, None)
    state: str = "active"
    relation: str = "parent"
    guardian: object = None
    until: datetime.date | None = None
    ends_not_before: datetime.date | None = None
    entered_by: object = None


@dataclass
class Share:
    """What one payer pays of a charge."""
    kind: str
    account: Account
    member: object
    amount: int
    current_year: int = 0
    carried_over: int = 0
    given_back: dict = field(default_factory=lambda: {"current_year": 0, "carried_over": 0})

    @property
    def captured(self):
        return self.current_year + self.carried_over

    @property
    def refunded(self):
        return sum(self.given_back.values())

    def take(self, fen, day):
        self.current_year, self.carried_over = self.account.split(fen)
        self.account.put(day, -self.current_year, -self.carried_over)

    def give(self, fen, into, taken_on, day):
        """Back, into what the account has become."""
        first = RULES[self.account.pool].pays_first
        last = "carried_over" if first == "current_year" else "current_year"
        back = {last: min(fen, getattr(self, last) - self.given_back[last])}
        back[first] = fen - back[last]
        for part, amount in back.items():
            self.given_back[part] += amount
        return into.put_back(taken_on, day, back["current_year"], back["carried_over"])


@dataclass
class Charge:
    """shares: of the account that was charged first, where there is one."""
    provider: object
    person: object
    day: datetime.date
    expires_at: datetime.datetime | None
    shares: list
    state: str = "captured"
    captured_on: datetime.date | None = None

    def of(self, share):
        return share.amount if self.state == "held" else share.captured

    @property
    def own(self):
        return self.shares[0] if self.shares[0].kind == "account" else None

    @property
    def left(self):
        return sum(share.captured - share.refunded for share in self.shares)


@dataclass
class Sent:
    member: Member
    current_year: int
    carried_over: int
    day: datetime.date
    returns_at: datetime.datetime
    state: str = "pending"

    @property
    def amount(self):
        return self.current_year + self.carried_over
