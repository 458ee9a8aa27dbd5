"""Coverage of the employee scheme once more, from docs/coverage.md: by definition, by trying out, and day by day."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import functools

from tests.property.coverage_types import Answer, Gap, Payment, Period, first_day, month_of, on_day, runs

DAY = datetime.timedelta(days=1)


class Employee:
    """The months of a person in the employee scheme, each judged by its definition."""

    def __init__(self, history, rule, on):
        self.history, self.rule = history, rule
        self.retired_on = history.retired_on if history.retired_on and history.retired_on <= on else None
        records = {}
        for period in history.periods:
            if period.scheme == "employee" and not period.deemed:
                records.setdefault(period.month, []).append(period.paid_on)
        self.in_time = {m for m, days in records.items() if any(d is None or d <= self.deadline(m) for d in days)}
        self.late = {m: min(days) for m, days in records.items() if m not in self.in_time}
        self.first = min(self.in_time or self.late, default=None)
        if self.first is not None and not self.in_time:
            self.in_time.add(self.first)
        for period in history.periods:
            if period.scheme == "employee" and period.deemed:
                self.in_time.update(range(period.month, period.month + rule.deemed_record_months))
        self.resident = set()
        for period in history.periods:
            if period.scheme == "resident":
                start = period.month if period.paid_on is None else max(period.month, month_of(period.paid_on))
                self.resident.update(range(start, period.month + 12))
        self.runs_until = functools.cache(self.runs_until)
        self.good = functools.cache(self.good)
        self.bridged = functools.cache(self.bridged)
        self.healed = functools.cache(self.healed)

    def deadline(self, month):
        return on_day(month, self.rule.payment_deadline_day)

    def anchored(self, month):
        """In time, or after retirement: needs no other month to be judged."""
        return month in self.in_time or (self.retired_on is not None and month >= month_of(self.retired_on))

    def good(self, month):
        """In no gap."""
        return month >= self.first and (self.anchored(month) or self.bridged(month) or self.healed(month))

    def employee(self, month):
        return self.good(month) and not self.bridged(month)

    def bridged(self, month):
        if month < self.first or self.anchored(month) or month not in self.resident:
            return False
        before = month - 1
        while not self.anchored(before):
            before -= 1
        continuous = 0
        while self.good(before - continuous):
            continuous += 1
        return continuous >= self.rule.bridge_min_continuous_months

    def healed(self, month):
        """Back-paid while the gap, as it was on that day, could be back-paid."""
        if month not in self.late or month < self.first or self.anchored(month) or self.bridged(month):
            return False
        paid_on = self.late[month]

        def missed(other):
            if other < self.first or self.anchored(other) or self.bridged(other) or self.deadline(other) >= paid_on:
                return False
            return not (other in self.late and self.late[other] < paid_on and self.healed(other))

        length = 1
        for step in (-1, 1):
            other = month + step
            while missed(other):
                length, other = length + 1, other + step
        return length <= self.rule.back_payable_gap_months

    def due(self, on):
        return max(m for m in (month_of(on), month_of(on) - 1) if self.deadline(m) < on)

    def months_until(self, on):
        return range(self.first, month_of(on) + 1) if self.first is not None else range(0)

    def gap_runs(self, on):
        """Months missed by that day, run by run."""
        return self.runs_until(self.due(on))

    def runs_until(self, due):
        return runs(m for m in range(self.first, due + 1) if not self.good(m)) if self.first is not None else []

    def last_employee(self, on):
        return max((m for m in self.months_until(on) if self.employee(m)), default=None)

    def longest_between(self, low, high, on):
        return max((len(run) for run in self.gap_runs(on) if low < run[0] and run[-1] < high), default=0)

    def wait(self, on):
        """(month of re-enrolment, first month with benefits) of what still matters, or None."""
        from_month = until = None
        months = [m for m in self.months_until(on) if self.employee(m)]
        for earlier, month in zip(months, months[1:]):
            retired_only = month not in self.in_time and not self.healed(month)
            if month == earlier + 1:
                continue
            too_long = self.longest_between(earlier, month, on) > self.rule.back_payable_gap_months
            if too_long and not retired_only:
                from_month, until = month, max(until or 0, month + self.rule.waiting_months)
        return (from_month, until) if until is not None else None

    def benefits(self, on):
        """(status, since, starts_on)"""
        history = self.history
        if history.deceased_on is not None and history.deceased_on < on:
            return "deceased", history.deceased_on + DAY, None
        last, wait = self.last_employee(on), self.wait(on)
        begin = None
        if last is not None:
            start = last
            while self.employee(start - 1):
                start -= 1
            begin = max(start, wait[1]) if wait else start
        if self.retired_on:
            paid_before = begin is not None and (start in self.in_time or self.healed(start))
            return "covered", min(first_day(begin), self.retired_on) if paid_before else self.retired_on, None
        if last is None:
            return "never", None, None
        stops = last + 1 + self.rule.benefits_grace_months
        nothing_missed = last == month_of(on) or (last == month_of(on) - 1 and self.due(on) < month_of(on))
        if not nothing_missed and month_of(on) >= stops:
            return "stopped", first_day(stops), None
        if wait and month_of(on) < wait[1]:
            return "waiting", first_day(wait[0]), first_day(wait[1])
        return "covered", first_day(begin), None

    def gaps(self, on):
        found = []
        for run in self.gap_runs(on):
            is_open = not (run[-1] + 1 <= month_of(on) and self.good(run[-1] + 1))
            missing = sum(m not in self.late for m in run)
            can = missing > 0 and len(run) <= self.rule.back_payable_gap_months
            until = None
            if can and is_open:
                until = self.last_day_back_payable(run[0], on)
            found.append(Gap(run[0], run[-1], len(run), missing, is_open, can, until))
        return found

    def last_day_back_payable(self, start, day):
        """Were nothing paid any more: day by day, until the gap from that month on is too long."""
        deadlines = [self.deadline(month) for month in range(start, start + self.rule.back_payable_gap_months + 2)]
        while sum(deadline < day + DAY for deadline in deadlines) <= self.rule.back_payable_gap_months:
            day += DAY
        return day


def employee(history, rule, on):
    """The whole answer; the payment by trying it out, which needs a history that ends on that day."""
    known = Employee(history, rule, min(filter(None, (history.deceased_on, on))))
    dead = history.deceased_on is not None and history.deceased_on < on
    gaps = known.gaps(history.deceased_on if dead else on)
    status, since, starts_on = known.benefits(on)
    if dead:
        return Answer(status, since, starts_on, gaps, Payment(None, None, 0, None))
    if known.retired_on:
        return Answer(status, since, starts_on, gaps, Payment(since, None, 0, None))
    return Answer(status, since, starts_on, gaps, employee_payment(known, on))


def employee_payment(known, on):
    history, rule, month = known.history, known.rule, month_of(on)
    last = known.last_employee(on)
    is_paid = last == month
    resumed = month + 1 if is_paid else known.due(on) + 1
    future = tuple(Period(m) for m in range(resumed, resumed + 20))
    far = first_day(resumed + 18)
    without = Employee(history.plus(*future), rule, far).benefits(far)
    assert without[0] == "covered"
    none = Payment(without[1], None, 0, None)
    if is_paid or last is None or known.bridged(month):
        return none
    longest = known.longest_between(last, month + 1, on)
    if longest > rule.back_payable_gap_months:
        return none
    missed = [m for m in known.gap_runs(on)[-1] if m >= last] if known.gap_runs(on) else []
    missed = missed if missed and missed[-1] == known.due(on) else []
    until = known.last_day_back_payable(missed[0] if missed else month, on)
    if not missed:
        return Payment(without[1], None, 0, until)
    healed = Employee(history.plus(*future, *(Period(m, paid_on=on) for m in missed)), rule, far)
    start = resumed + 18
    while start > missed[0] and healed.benefits(first_day(start) - DAY)[0] == "covered":
        start -= 1
    return Payment(without[1], first_day(start), len(missed), until)
