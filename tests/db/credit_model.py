"""What pensioners should be credited, told a second time in the words of docs/credits.md: one person and one month at a time."""
# SPDX-License-Identifier: Apache-2.0
import copy
from collections import Counter

from tests.db.credit_facts import POOLS, YEAR_STARTS, Account, Difference, Paid, Period, in_region, month, month_of, reckon

TAKES_CREDITS = {"active", "suspended", "spend_only", "deceased"}
TAKES_BACK = TAKES_CREDITS | {"frozen"}
NOT_KNOWN = {"enrolment_suspended", "pooled_only", "policy_missing", "policy_incomplete"}


class Model:
    """People by a name of the caller's, and versions of plans."""

    def __init__(self):
        self.people, self.policies = {}, []

    # ── what is due ──

    def policy_at(self, pool, plan, asked):
        """The first level with a version in force decides; there the newest month, then the highest version."""
        for level in POOLS[pool]:
            held = [one for one in self.policies if one.region == level and one.plan == plan and one.effective_from <= asked]
            if held:
                return max(held, key=lambda one: (one.effective_from, one.version))
        return None

    def entitled(self, person, pool, policy, asked):
        """(status, gross, deduction): enrolment, death and age; not what was credited already."""
        is_yearly = policy is not None and policy.period == "year"
        decides = policy.basis_month(asked) if is_yearly else asked

        def deciding(one):
            return max(decides, one.first_month) if is_yearly and one.first_month <= asked else decides

        held = [one for one in person.enrolments if one.holds_in(deciding(one))]
        if not held or person.is_alias:
            return "not_enrolled", 0, 0
        counts = max(held, key=lambda one: (one.first_month <= asked, one.started, one.order))
        if counts.pool != pool:
            return "enrolled_elsewhere", 0, 0
        if counts.first_month > asked:
            return "not_retired", 0, 0
        if counts.status == "suspended":
            return "enrolment_suspended", 0, 0
        if person.last_month < deciding(counts):
            return "deceased", 0, 0
        if counts.mode == "pooled_only":
            return "pooled_only", 0, 0
        return reckon(policy, person.born, asked, counts.first_month, person.last_month)

    @staticmethod
    def is_credited(person, plan, policy, asked):
        """For the period, by whichever pool; a year and its months exclude each other."""
        return any(credited_plan == plan and start // 12 == asked // 12
                   and (period.has_year or policy.period == "year" or start == asked)
                   for (start, credited_plan), period in person.credits.items())

    def judged(self, person, pool, plan, policy, asked):
        status, gross, deduction = self.entitled(person, pool, policy, asked)
        if status == "due":
            account = person.accounts.get(pool)
            if self.is_credited(person, plan, policy, asked):
                status = "already_credited"
            elif account is None:
                status = "no_account"
            elif account.status not in TAKES_CREDITS:
                status = "account_" + account.status
        return status, gross, deduction

    # ── runs ──

    def plans(self, region, asked):
        """{(pool, plan): version in force} that a run is about, pinned when it is asked for."""
        names = {(pool, one.plan) for pool in POOLS if in_region(pool, region) for one in self.policies if one.region in POOLS[pool]}
        return {(pool, plan): self.policy_at(pool, plan, asked) for pool, plan in names}

    @staticmethod
    def refusal(policy, asked):
        if policy is None:
            return "policy_missing"
        if policy.is_incomplete:
            return "policy_incomplete"
        if policy.posting_month and asked % 12 + 1 < policy.posting_month:
            return "posting_month_not_reached"
        return None

    def run(self, plans, asked, today=None):
        """What a run finds (today None), or posts: ({reason: people}, {(pool, plan): (people, gross, deduction)})."""
        skipped, sums = Counter(), {}
        for (pool, plan), policy in sorted(plans.items(), key=lambda item: item[0]):
            refusal = self.refusal(policy, asked)
            if self.policy_at(pool, plan, asked) is not policy:
                refusal = "policy_changed"
            for person in self.people.values():
                if not any(one.pool == pool for one in person.enrolments):
                    continue
                if refusal:
                    status, gross, deduction = self.entitled(person, pool, policy, asked)
                    if status in ("policy_missing", "policy_incomplete", "no_tier", "nothing_due", "due"):
                        status = refusal
                else:
                    status, gross, deduction = self.judged(person, pool, plan, policy, asked)
                if status != "due":
                    skipped[status] += 1
                    continue
                people, fen, taken = sums.get((pool, plan), (0, 0, 0))
                sums[pool, plan] = (people + 1, fen + gross, taken + deduction)
                if today is not None:
                    self.credit(person, pool, plan, policy, asked, gross, deduction, today)
        return skipped, sums

    def credit(self, person, pool, plan, policy, asked, gross, deduction, today):
        part = self.part(pool, policy.basis_month(asked), today)
        start = asked if policy.period == "month" else asked // 12 * 12
        period = Period(policy.period, asked, policy.posting_month or 0, {pool: Paid(gross, deduction, part)}, policy.period == "year")
        person.credits[start, plan] = period
        person.accounts[pool].parts[part] += gross - deduction

    @staticmethod
    def part(pool, basis, today):
        """Money for a month of an earlier account year is carried over."""
        starts = YEAR_STARTS.get(pool, 1)
        return "carried_over" if basis < month(today.year - (today.month < starts), starts) else "current_year"

    # ── recomputations ──

    def differences(self, region, plan, first, last, today):
        """{(person, pool, start, plan): Difference} of what is not as it should be, and {status: people} of what nobody knows."""
        found, passed = {}, set()
        for pool in (one for one in POOLS if in_region(one, region)):
            for name, person in self.people.items():
                if person.is_alias or not any(one.pool == pool for one in person.enrolments):
                    continue
                for (start, its_plan), period in person.credits.items():
                    belongs = start if period.kind == "month" else start + period.posting_month - 1
                    if plan not in (None, its_plan) or not first <= belongs <= last:
                        continue
                    one = self.difference(person, pool, start, its_plan, period, month_of(today))
                    if one.status in NOT_KNOWN | {"period_changed"}:
                        passed.add((name, pool, its_plan, one.status))
                    elif one.status != "unchanged":
                        found[name, pool, start, its_plan] = one
        return found, Counter(status for *_, status in passed)

    def difference(self, person, pool, start, plan, period, this_month):
        if period.kind == "month":
            decided = asked = start
        else:
            decided = min(start + 11, period.run_month)
            asked = max(decided, min(start + 11, this_month))
        policy = self.policy_at(pool, plan, decided)
        status, *due = self.entitled(person, pool, policy, asked)
        if policy is not None and policy.period != period.kind:
            return Difference("period_changed")
        if status in NOT_KNOWN:
            return Difference(status)
        due = tuple(due) if status == "due" else (0, 0)
        paid = period.pools.get(pool)
        one = Difference("due", (paid.gross, paid.deduction) if paid else (0, 0), due, policy if due[0] else None)
        account = person.accounts.get(pool)
        if one.gross == one.deduction == 0:
            one.status = "unchanged"
        elif account is None:
            one.status = "no_account"
        elif account.status not in (TAKES_BACK if one.gross < one.deduction else TAKES_CREDITS):
            one.status = "account_" + account.status
        return one

    def recompute(self, found, today):
        """Posts differences that were due and are as they were shown: {(person, pool, start, plan): (status, receivable)}."""
        told = {}
        for key, shown in sorted(found.items(), key=lambda item: item[0]):
            name, pool, start, plan = key
            person = self.people[name]
            if shown.status != "due":
                continue
            period = person.credits.get((start, plan))
            now = self.difference(person, pool, start, plan, period, month_of(today))
            if (now.credited, now.due, now.policy) != (shown.credited, shown.due, shown.policy):
                told[key] = ("changed", 0)
            elif now.status != "due":
                told[key] = (now.status, 0)
            else:
                told[key] = ("posted", self.post(person, pool, start, period, now, today))
        return told

    def post(self, person, pool, start, period, one, today):
        """What is owed by it."""
        first = period.pools.get(pool)
        part = first.part if first and one.gross <= one.deduction else self.part(pool, one.policy.basis_month(start), today)
        paid = period.pools.setdefault(pool, Paid(0, 0, part))
        paid.gross, paid.deduction = one.due
        return self.move(person.accounts[pool], part, one.gross, one.deduction)

    # ── merges ──

    @staticmethod
    def merge(survivor, duplicate):
        """Money, debts and credits go over; of what both were credited for, the survivor's came first."""
        for pool, given in duplicate.accounts.items():
            account = survivor.accounts.setdefault(pool, Account(pool))
            for part in given.parts:
                account.parts[part] += given.parts[part]
            account.owed += given.owed
            duplicate.accounts[pool] = Account(pool, "closed")
        for key, period in duplicate.credits.items():
            if key in survivor.credits:
                survivor.credits[key].merge(period)
            else:
                survivor.credits[key] = copy.deepcopy(period)
        duplicate.is_alias = True

    @staticmethod
    def move(account, part, gross, deduction):
        """Never below zero: what is missing is owed."""
        missing = max(0, deduction - gross - account.balance)
        account.owed += missing
        account.parts[part] += missing + max(0, gross) + max(0, -deduction)
        account.take(part, max(0, -gross))
        account.take(part, max(0, deduction))
        return missing
