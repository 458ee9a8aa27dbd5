"""Plans, enrolments and accounts as docs/credits.md tells of them, and the arithmetic of one credit, with fractions."""
# SPDX-License-Identifier: Apache-2.0
import calendar
import datetime
from dataclasses import dataclass, field
from fractions import Fraction

POOLS = {"620500": ("620500", "620000", "000000"), "620900": ("620900", "620000", "000000"), "310000": ("310000", "000000")}
YEAR_STARTS = {"310000": 7}


def month(year, number):
    """Months as numbers that follow each other."""
    return year * 12 + number - 1


def month_of(day):
    return month(day.year, day.month)


def first_day(number):
    return datetime.date(number // 12, number % 12 + 1, 1)


def last_day(number):
    day = first_day(number)
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def in_region(pool, region):
    return region in ("000000", pool, pool[:2] + "0000")


@dataclass
class Policy:
    region: str
    plan: str
    version: int
    effective_from: int
    tiers: dict
    kind: str = "fixed"
    base: int | None = None
    posting_month: int | None = None
    is_pro_rated: bool = False
    age_basis: str = "credit_month"
    deduction: int = 0
    rounding: str = "half_up"

    @property
    def period(self):
        return "month" if self.posting_month is None else "year"

    @property
    def is_incomplete(self):
        return self.kind == "ratio" and self.base is None

    def basis_month(self, asked):
        """The month that age and part go by."""
        return asked if self.period == "month" else month(asked // 12, self.posting_month)

    def rounded(self, exact):
        whole = exact.numerator // exact.denominator
        return whole + (self.rounding == "half_up" and exact - whole >= Fraction(1, 2))


@dataclass
class Enrolment:
    pool: str
    started: datetime.date
    retired: datetime.date | None
    status: str = "active"
    mode: str = "with_account"
    ended: datetime.date | None = None
    order: int = 0

    @property
    def first_month(self):
        """The one after retirement; far away for who has not retired."""
        return month_of(self.retired) + 1 if self.retired else month(9999, 1)

    def holds_in(self, number):
        return (self.status != "pending_in" and self.started <= last_day(number)
                and (self.ended is None or self.ended >= first_day(number)))


@dataclass
class Account:
    pool: str
    status: str = "active"
    parts: dict = field(default_factory=lambda: {"current_year": 0, "carried_over": 0})
    owed: int = 0

    @property
    def balance(self):
        return sum(self.parts.values())

    def take(self, first, fen):
        """From a part, then from the other one."""
        own = min(fen, self.parts[first])
        self.parts[first] -= own
        self.parts["carried_over" if first == "current_year" else "current_year"] -= fen - own


@dataclass
class Paid:
    """What a pool has credited for a period, and how it began."""
    gross: int
    deduction: int
    part: str


@dataclass
class Period:
    """All that was credited to somebody for a period of a plan, and how its first credit came about."""
    kind: str
    run_month: int
    posting_month: int
    pools: dict = field(default_factory=dict)
    has_year: bool = False

    def merge(self, other):
        """What was credited to another record of the same person comes on top."""
        self.has_year |= other.has_year
        for pool, paid in other.pools.items():
            own = self.pools.setdefault(pool, Paid(0, 0, paid.part))
            own.gross, own.deduction = own.gross + paid.gross, own.deduction + paid.deduction


@dataclass
class Difference:
    """What a pool has credited for a period, and what is due now."""
    status: str
    credited: tuple = None
    due: tuple = None
    policy: object = None

    @property
    def gross(self):
        return self.due[0] - self.credited[0]

    @property
    def deduction(self):
        return self.due[1] - self.credited[1]


@dataclass
class Person:
    born: datetime.date
    died: datetime.date | None = None
    enrolments: list = field(default_factory=list)
    accounts: dict = field(default_factory=dict)
    credits: dict = field(default_factory=dict)
    is_alias: bool = False

    @property
    def last_month(self):
        return month_of(self.died) if self.died else month(9999, 1)


def age(born, day):
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def age_day(policy, asked):
    basis = first_day(policy.basis_month(asked))
    if policy.age_basis == "credit_month":
        return last_day(month_of(basis))
    if policy.age_basis == "year_start":
        return basis.replace(month=1)
    return datetime.date(basis.year - (basis.month < 7), 7, 1)


def reckon(policy, born, asked, first_month, last_month):
    """(status, gross, deduction) of a month, or of its year."""
    size = 1
    since, until = asked, asked
    if policy is not None and policy.period == "year":
        size, since, until = 12, asked // 12 * 12, asked // 12 * 12 + 11
    months = max(0, min(until, last_month) - max(since, first_month) + 1)
    if months == 0:
        return "deceased", 0, 0
    if policy is None:
        return "policy_missing", 0, 0
    if policy.is_incomplete:
        return "policy_incomplete", 0, 0
    if policy.period == "year" and not policy.is_pro_rated:
        months = 12
    years = age(born, age_day(policy, asked))
    reached = [floor for floor in policy.tiers if floor <= years]
    if not reached:
        return "no_tier", 0, 0
    value = Fraction(policy.tiers[max(reached)])
    whole = value if policy.kind == "fixed" else policy.base * value / 10000
    gross = policy.rounded(whole * months / size)
    deduction = min(gross, policy.rounded(Fraction(policy.deduction) * months / size))
    return ("due" if gross else "nothing_due"), gross, deduction
