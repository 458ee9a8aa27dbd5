"""The interest of an account written a second time: day by day, with fractions, in the words of docs/interest.md."""
# SPDX-License-Identifier: Apache-2.0
import datetime
from dataclasses import dataclass
from fractions import Fraction

DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Rule:
    current_year_rate: str = "demand"
    carried_over_rate: str = "fixed_3_months"
    basis: int = 360
    rounding: str = "half_up"

    def kind(self, part):
        return self.current_year_rate if part == "current_year" else self.carried_over_rate


def days_between(first, before):
    while first < before:
        yield first
        first += DAY


def balance(movements, part, day):
    """At the end of a day: movements are (day it counts from, part, signed fen)."""
    return sum(fen for counts_from, its_part, fen in movements if its_part == part and counts_from <= day)


def rate_on(rates, levels, kind, day):
    """The newest row in force of the first level that has one; rates are (region, kind, first day, millionths)."""
    for region in levels:
        held = [(first, ppm) for its_region, its_kind, first, ppm in rates
                if its_region == region and its_kind == kind and first <= day]
        if held:
            return Fraction(max(held)[1], 1_000_000)
    return None


def rounded(exact, rounding):
    whole = exact.numerator // exact.denominator
    return whole + 1 if rounding == "half_up" and exact - whole >= Fraction(1, 2) else whole


def interest(movements, part, rule, rates, levels, first, before):
    exact = sum((balance(movements, part, day) * rate_on(rates, levels, rule.kind(part), day) / rule.basis
                 for day in days_between(first, before)), Fraction(0))
    return rounded(max(exact, Fraction(0)), rule.rounding)
