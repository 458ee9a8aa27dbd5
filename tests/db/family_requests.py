"""Random invitations of relatives, answers to them and what ends sharing, sent to the program and told to the model."""
# SPDX-License-Identifier: Apache-2.0
import uuid

from tests.db import family_model, sharing_people, sharing_things, sharing_world
from tests.db.viewing import number_of

WINDOW = [uuid.UUID(int=number + 1 << 72) for number in range(2)]
RELATIONS = ("spouse", "parent", "child", "child", "sibling")
STATEMENTS = {"accept": "accept", "decline": "refuse", "cancel": "cancel", "change": "change", "end": "end"}
LIKELY = {"invited": ("accept",) * 8 + ("decline", "cancel"), "active": ("change", "end")}


class World(sharing_world.World):
    """Owners who invite, relatives and guardians who answer, and staff at a window who enter it for either."""

    def adult(self, person):
        day = self.instant.date()
        return not self.model.people[person].is_minor(day) and not self.model.people[person].has_died

    def terms(self):
        """Uses and limits."""
        usages = self.random.choice((None, ("medicine",), ("medicine", "device", "treatment")))
        return usages, tuple(self.random.choice(sharing_people.LIMITS) for _ in range(3))

    def some_account(self):
        """Mostly one that can be shared."""
        known = [one for one in self.model.accounts.values()
                 if one.pool != sharing_things.WALLET and self.model.people[one.person].merged_into is None]
        able = [one for one in known if self.model.account_fault(one, self.instant.date()) is None]
        return self.random.choice(able if able and self.random.random() < 0.9 else known)

    def invite(self):
        account = self.some_account()
        person = self.random.choice([one for one in self.people if one != account.person])
        wards = self.model.people[person].is_minor(self.instant.date())
        guardian = self.random.choice(self.people) if self.random.random() < (0.9 if wards else 0.05) else None
        usages, limits = self.terms()
        wrong = self.random.random() < 0.05
        asked = family_model.Invited(self.random.choice(RELATIONS), usages, limits, person, not wrong, guardian,
                                     self.random.random() < 0.95)
        # Wrong guesses of citizens are counted, which is not the model's: staff make them.
        guess = wrong or guardian is not None or self.model.way(account.pool, person, self.instant.date()) == "member_not_enrolled"
        staff = self.random.choice(WINDOW) if guess or self.random.random() < 0.2 else None
        self.send_invitation(account, asked, staff)

    def send_invitation(self, account, asked, staff):
        number, name = number_of(self.connection, self.row_of(asked.person))
        member = {**self.common(account.id, asked), "person_key": account.person, "account_id": account.id,
                  "asker_key": None if staff else account.person, "relation": asked.relation, "number_hash": number,
                  "name_hash": name if asked.is_named else b"x" * 32, "usages": asked.usages and ",".join(asked.usages),
                  "source": b"s" * 32, "principal_id": staff or self.row_of(account.person).person_id,
                  **dict(zip(("charge_limit_fen", "month_limit_fen", "year_limit_fen"), asked.limits)),
                  **self.ids(account.person, "family_member_id", "event_id")}
        if asked.guardian:
            number, name = number_of(self.connection, self.row_of(asked.guardian))
            member |= {"guardian_hash": number, "guardian_name_hash": name if asked.is_guardian_named else b"x" * 32}
        return self.ask("family_member_create", member, lambda: self.model.invite(
            member["family_member_id"], account, asked, staff, self.instant), lambda row: row["way"])

    def answer(self):
        """A step of somebody, mostly one whose turn it is."""
        known = [key for key, one in self.model.members.items() if one.state == "invited"]
        member_id = self.random.choice(known if known and self.random.random() < 0.8 else list(self.model.members))
        one = self.model.members[member_id]
        event = self.random.choice(LIKELY.get(one.state, ("end",)) if self.random.random() < 0.95 else list(STATEMENTS))
        sides = {"owner": one.account.person, "member": one.person, "guardian": one.guardian or one.person}
        if self.model.people[one.person].is_minor(self.instant.date()) and self.random.random() < 0.9:
            sides["member"] = sides["guardian"]
        asker = sides[self.random.choice(family_model.WHO[event])]
        asker = self.random.choice(self.people) if self.random.random() < 0.05 else asker
        staff = self.random.choice(WINDOW) if self.random.random() < 0.15 else None
        self.family_step(event, member_id, None if staff else asker, staff)

    def family_step(self, event, member_id, asker, staff):
        one, (usages, limits) = self.model.members[member_id], self.terms()
        change = (usages or family_model.ALL_USAGES, limits)
        told = dict(zip(("charge_limit_fen", "month_limit_fen", "year_limit_fen"), limits)) if event == "change" else {}
        told |= {"usages": usages and ",".join(usages)} if event == "change" else {}
        member = {**self.common(member_id, event, told), "family_member_id": member_id, "person_key": one.account.person,
                  "asker_key": asker, "principal_id": staff or self.row_of(asker).person_id, **told,
                  **self.ids(one.account.person, "event_id")}
        self.ask(f"family_member_{STATEMENTS[event]}", member, lambda: self.model.family_step(
            event, member_id, asker, staff, change, self.instant), lambda row: row["state"])

    def expire_family(self):
        assert self.swept("family_member_expire") == self.model.expire_of(None, self.instant.date())

    def close_family(self):
        closed, after = 0, 0
        while after is not None:
            done, after = self.connection.execute(
                "SELECT closed, next_key FROM family_member_close(%s, %s, %s, 2)", [self.instant, self.instant, after]).fetchone()
            closed += done
        assert closed == self.model.close_members()
