"""What the program should do about relatives, told a second time: who may be invited, who agrees, and when sharing ends."""
# SPDX-License-Identifier: Apache-2.0
import datetime
from dataclasses import dataclass

from tests.db.money_model import day_of
from tests.db.sharing_model import INSURING, Sharing
from tests.db.sharing_things import Member

ALL_USAGES = ("medicine", "device", "consumable", "treatment", "premium")
NEVER_SHARED = ("suspended", "frozen", "deceased", "closed")
OPEN = ("invited", "active")
WHO = {"accept": ("member", "guardian"), "decline": ("member", "guardian"), "cancel": ("owner",), "change": ("owner",),
       "end": ("owner", "member", "guardian")}
NEXT = {"invited": {"accept": "active", "decline": "declined", "cancel": "cancelled"}, "active": {"change": "active", "end": "ended"}}


@dataclass(frozen=True)
class Rule:
    """How accounts of a pool are shared: db/data/family_rules.csv."""
    relations: tuple = ("spouse", "parent", "child", "sibling", "grandparent", "grandchild")
    most: int = 7
    is_one_group: bool = False
    least_days: int = 0


RULES = {"440100": Rule(("spouse", "parent", "child"), 6, True, 90)}
INVITATION = datetime.timedelta(30)


def rule_of(pool):
    return RULES.get(pool, Rule())


@dataclass(frozen=True)
class Invited:
    """Whom an invitation names; guardian None: nobody was named."""
    relation: str
    usages: tuple | None
    limits: tuple
    person: object
    is_named: bool = True
    guardian: object = None
    is_guardian_named: bool = True


class Family(Sharing):
    """Invitations, the answers to them, and what ends sharing."""

    def way(self, pool, person, day):
        """Directly within the province, by wallet to another one."""
        found = [one for one in self.enrolments[person] if one.status in INSURING and one.started_on <= day]
        if not found or self.people[person].has_died:
            return "member_not_enrolled"
        return "direct" if any(one.pool[:2] == pool[:2] for one in found) else "wallet"

    def account_fault(self, account, day):
        if account.status in NEVER_SHARED:
            return "account_" + account.status
        works = any((one.pool, one.scheme) == (account.pool, "employee") and one.status in INSURING and one.started_on <= day
                    for one in self.enrolments[account.person])
        return None if account.status == "active" and works else "scheme_cannot_share"

    def group_fault(self, account, person, own, day):
        others = [one for one in self.members.values() if one is not own]
        if any(one.account is account and one.person == person and one.state in OPEN for one in others):
            return "already_member"
        if any(one.person == person and one.state == "active" and one.account is not account
               and (rule_of(account.pool).is_one_group or rule_of(one.account.pool).is_one_group) for one in others):
            return "member_in_other_group"
        counted = [one for one in others if one.account is account
                   and (one.state == "active" or (one.state == "invited" and one.until >= day))]
        return "family_full" if len(counted) >= rule_of(account.pool).most else None

    def guardian_fault(self, asked, day):
        minor, guardian = self.people[asked.person].is_minor(day), self.people.get(asked.guardian)
        if guardian is None:
            return "guardian_needed" if minor else None
        good = minor and asked.is_guardian_named and asked.guardian != asked.person and not (
            guardian.has_died or guardian.is_minor(day))
        return None if good else "guardian_not_accepted"

    def invite(self, member_id, account, asked, entered_by, instant):
        """asked: an Invited; entered_by: of staff, who entered it."""
        day, rule = day_of(instant), rule_of(account.pool)
        self.expire_of(account, day)
        reached, group = self.way(account.pool, asked.person, day), self.group_fault(account, asked.person, None, day)
        for status, refused in (
                (self.account_fault(account, day), True), ("relation_not_allowed", asked.relation not in rule.relations),
                ("member_name_mismatch", not asked.is_named), (reached, reached == "member_not_enrolled"),
                (group, True), (self.guardian_fault(asked, day), True)):
            if status and refused:
                return status, None
        self.members[member_id] = Member(
            account, asked.person, reached, None, asked.usages or ALL_USAGES, asked.limits, "invited", asked.relation, asked.guardian,
            day + INVITATION, None, entered_by)
        return "created", reached

    def parts(self, member, asker, day):
        """What somebody is to a member; staff, None, stand for all sides."""
        minor = self.people[member.person].is_minor(day)
        if asker is None:
            return {"owner", "guardian" if minor else "member"}
        return {part for part, person in (("owner", member.account.person), ("minor" if minor else "member", member.person),
                                          ("guardian", member.guardian if minor else None)) if person == asker}

    def family_step(self, event, member_id, asker, actor, change, instant):
        """change: usages and limits from now on; actor: of staff, who enters it."""
        member, day = self.members[member_id], day_of(instant)
        parts = self.parts(member, asker, day)
        if not parts:
            return "not_found", None
        self.expire_of(member.account, day)
        if not parts & set(WHO[event]):
            return "forbidden", None
        state = NEXT.get(member.state, {}).get(event)
        if state is None:
            return "not_possible_now", None
        if event == "end" and day < member.ends_not_before:
            return "too_early_to_end", None
        if event == "accept":
            status = self.accept_fault(member, actor, day)
            if status:
                return status, None
            member.since, member.ends_not_before = instant, day + datetime.timedelta(rule_of(member.account.pool).least_days)
        if event == "change":
            member.usages, member.limits = change
        member.state = state
        return "done", state

    def accept_fault(self, member, actor, day):
        """All but the names is judged again."""
        if actor is not None and actor == member.entered_by:
            return "proposer_cannot_decide"
        reached = self.way(member.account.pool, member.person, day)
        if reached == "wallet" and member.way == "direct":
            reached = "member_out_of_reach"
        return self.account_fault(member.account, day) or (
            reached if reached.startswith("member_") else self.group_fault(member.account, member.person, member, day))

    # ── what the system ends ──

    def expire_of(self, account, day):
        """How many invitations of an account, or with None of all, have run out."""
        due = [one for one in self.members.values() if one.state == "invited" and one.until < day and account in (None, one.account)]
        for one in due:
            one.state = "expired"
        return len(due)

    def close_members(self):
        """How many accounts are shared no more, though nobody ended it."""
        due = [one for one in self.members.values() if one.state == "active" and self.is_over_for(one)]
        for one in due:
            one.state = "ended"
        return len(due)

    def is_over_for(self, member):
        sides = [self.people[one] for one in (member.account.person, member.person)]
        gone = any(one.has_died or one.merged_into is not None for one in sides)
        return gone or not self.is_shared(member.account)
