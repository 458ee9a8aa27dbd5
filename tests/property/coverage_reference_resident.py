"""Coverage of the resident scheme once more, from docs/coverage.md, day by day; and what counts."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import functools

from tests.property.coverage_types import (
    Answer, Counts, Gap, Payment, Period, first_day, last_day, month_of, on_day, runs,
)  # fmt: skip

DAY = datetime.timedelta(days=1)


class Resident:
    """The years of a person in the resident scheme."""

    def __init__(self, history, rule):
        self.history, self.rule = history, rule
        self.paid, self.employed = {}, set()
        for period in history.periods:
            year = period.month // 12
            if period.scheme == "resident":
                day = period.paid_on or datetime.date.min
                self.paid[year] = min(self.paid.get(year, day), day)
            elif not period.deemed:
                self.employed.add(year)
        self.first_member = min((period.month // 12 for period in history.periods), default=None)

    def within(self, year):
        return year in self.paid and self.paid[year].year <= year

    def insured(self, year):
        retired_on = self.history.retired_on
        return self.within(year) or year in self.employed or (retired_on is not None and year >= retired_on.year)

    def closes(self, year):
        return on_day(12 * year + self.rule.window_closes_month - 1, self.rule.window_closes_day)

    def broken_before(self, year):
        years = []
        while year - 1 >= self.rule.first_counted_year and not self.insured(year - 1):
            year -= 1
            years.append(year)
        return years if self.first_member is not None and self.first_member < year else []

    def wait(self, broken, repaired, late):
        rule = self.rule
        fixed = rule.fixed_wait_months if broken or late else 0
        added = (broken - 1) * rule.variable_wait_months if broken else 0
        variable = max(0, added - repaired * rule.repaired_wait_months)
        least = rule.long_break_wait_months if broken >= rule.long_break_years else 0
        return max(fixed + variable, least)

    def newborn(self, paid_on):
        return 0 <= (paid_on - self.history.birth_date).days <= self.rule.newborn_days

    def switched(self, paid_on):
        if self.rule.switch_gap_months is None:
            return False
        gaps = [
            month_of(paid_on) - period.month - 1
            for period in self.history.periods
            if period.scheme == "employee" and not period.deemed and period.month <= month_of(paid_on)
        ]
        return bool(gaps) and min(gaps) <= self.rule.switch_gap_months

    def own_start(self, year):
        """(first day that counts, first day of benefits, never waits) of a year by itself."""
        paid_on, born = self.paid[year], self.history.birth_date
        after = paid_on > self.closes(year)
        base = max(first_day(max(12 * year, month_of(paid_on)) if after else 12 * year), born)
        if self.newborn(paid_on):
            base = max(first_day(12 * year), born)
            return base, base, True
        if self.rule.exempts_person:
            return base, base, True
        late = after and year >= self.rule.first_counted_year and not self.switched(paid_on)
        broken, day = self.broken_before(year), base
        while True:
            repaired = sum(1 for other in broken if other in self.paid and self.paid[other] <= day)
            if day >= first_day(month_of(base) + self.wait(len(broken), repaired, late)):
                return base, day, False
            day += DAY

    @functools.cache
    def start(self, year):
        base, start, exempt = self.own_start(year)
        if self.within(year - 1) and not exempt:
            earlier = self.start(year - 1)
            if earlier[1] > start:
                return earlier
        return base, start

    def benefits(self, on):
        history = self.history
        if history.deceased_on is not None and history.deceased_on < on:
            return "deceased", history.deceased_on + DAY, None
        if self.within(on.year):
            base, start = self.start(on.year)
            if on >= start:
                since = start
                while since == datetime.date(since.year, 1, 1) and self.within(since.year - 1):
                    earlier = self.start(since.year - 1)[1]
                    if earlier >= since:
                        break
                    since = earlier
                return "covered", since, None
            if on >= base:
                return "waiting", base, start
        earlier = [year for year in self.paid if year < on.year and self.within(year)]
        if not earlier:
            return "never", None, None
        return "stopped", datetime.date(max(earlier) + 1, 1, 1), None

    def gaps(self, on):
        if self.first_member is None:
            return []
        years = range(max(self.first_member + 1, self.rule.first_counted_year), on.year)
        found = []
        for run in runs(year for year in years if not self.insured(year)):
            missing = sum(year not in self.paid for year in run)
            is_open = run[-1] == on.year - 1 and not self.insured(on.year)
            found.append(Gap(12 * run[0], 12 * run[-1], len(run), missing, is_open, missing > 0, None))
        return found


def resident(history, rule, on):
    known = Resident(history, rule)
    dead = history.deceased_on is not None and history.deceased_on < on
    gaps = known.gaps(history.deceased_on if dead else on)
    status, since, starts_on = known.benefits(on)
    payment = Payment(None, None, 0, None) if dead else resident_payment(known, on)
    return Answer(status, since, starts_on, gaps, payment)


def resident_payment(known, on):
    if known.within(on.year):
        status, since, _ = known.benefits(on)
        return Payment(since if status == "covered" else known.start(on.year)[1], None, 0, None)
    history, rule, year = known.history, known.rule, on.year
    paying = Period(12 * year, on, "resident")
    start = Resident(history.plus(paying), rule).start(year)[1]
    missing = [other for other in known.broken_before(year) if other not in known.paid]
    repairs = (Period(12 * other, on, "resident") for other in missing)
    repaired = Resident(history.plus(paying, *repairs), rule).start(year)[1]
    until = None
    if known.newborn(on):
        until = history.birth_date + rule.newborn_days * DAY
    elif on <= known.closes(year):
        until = known.closes(year)
    return Payment(start, repaired if repaired < start else None, len(missing), until)


def counts(history, scheme, deemed_record_months, on, pool=None):
    paid, back_paid, deemed = set(), set(), set()
    for period in history.periods:
        if period.scheme != scheme or (pool is not None and period.pool != pool):
            continue
        if period.deemed:
            deemed.update(range(period.month, period.month + (deemed_record_months if scheme == "employee" else 1)))
        elif period.paid_on is None or (scheme == "resident" and period.paid_on <= last_day(period.month + 11)):
            paid.add(period.month)
        else:
            back_paid.add(period.month)
    months = [m for m in paid | back_paid | deemed if m <= month_of(on)]
    really = [m for m in paid | back_paid if m <= month_of(on)]
    each = 12 if scheme == "resident" else 1
    return Counts(
        each * len(months), each * (len(months) - len(really)), each * sum(m not in paid for m in really),
        min(really, default=None), max(really, default=None),
    )  # fmt: skip
