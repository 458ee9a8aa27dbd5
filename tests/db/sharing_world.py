"""Random charges of several payers, wallet transfers, and what happens besides, sent to the program and told to the model."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import json
import uuid

from tests.db import sharing_people, sharing_things
from tests.harness.queries import call, call_until_done

USAGES = ("medicine",) * 9 + ("device", "device", "treatment", "premium")
FEN = (1, 99, 1000, 12345, 60000, 300000, 999999)
HOURS = (-1, 1, 30, 30, 30, 72, 72, 72, 73, 168, 169)
MINUTES = (1, 20, 60, 60, 300, 300, 600, 1500, 4000, 9000)


class World(sharing_people.World):
    """Institutions, owners, relatives and staff who ask for things at random."""

    # ── charges ──

    def number(self):
        self.numbers += self.random.random() > 0.05
        return f"NO-{self.numbers}"

    def charges(self):
        """Up to four charges at once."""
        members = [self.one_charge() for _ in range(self.random.randint(1, 4))]
        self.batch("create", members, lambda member: self.model.charge(*(member[name] for name in (
            "charge_id", "provider_id", "person_key", "account_id", "charge_no", "usage", "amount_fen", "expires_at", "instant"))))

    def one_charge(self):
        if self.random.random() < 0.15:
            without = [one for one in self.people if one not in self.owning()]
            paid_for = [one for one in without if self.model.others(one, None)]
            if without:
                return self.charge_of(self.random.choice(paid_for or without), None)
        known = [one for one in self.model.accounts.values() if one.pool != sharing_things.WALLET]
        helped = [one for one in known if one.status in ("active", "suspended") and self.model.others(one.person, one)]
        account = self.random.choice(helped if helped and self.random.random() < 0.7 else known)
        return self.charge_of(account.person, account)

    def owning(self):
        """Who has an account that desks charge."""
        return {one.person for one in self.model.accounts.values() if one.pool != sharing_things.WALLET}

    def charge_of(self, person, account):
        """account None: the person has none, and only others pay."""
        available, held = account.available if account else 0, self.random.random() < 0.4
        expires_at = self.instant + datetime.timedelta(hours=self.random.choice(HOURS)) if held else None
        fen = self.random.choice((*FEN, available + 1, available + 300, available + 5000, available + 60000, max(available, 1)))
        made = {"provider_id": self.random.choice(self.providers), "account_id": account and account.id, "charge_no": self.number(),
                "usage": self.random.choice(USAGES), "item": "item", "amount_fen": fen, "expires_at": expires_at}
        return {**self.common(*made.values()), **self.dated, "person_key": person, **made, **self.ids(
            person, "charge_id", "current_year_entry_id", "carried_over_entry_id", "event_id")}

    def batch(self, what, members, tell):
        """To the statement for one payer, and what it says has more, to the other one."""
        shared, statement = [], f"charge_{what}" if what != "refund" else "refund_create"

        def done(name, member, row):
            if row["status"] == "more_payers":
                shared.append(member)
            else:
                self.hold(name, member, row, tell(member),
                          lambda row: self.amounts(row, member) if what == "create" else self.amounts(row)[:2])

        shared += [one for one in members if what == "create" and one["account_id"] is None]
        alone = [one for one in members if one not in shared]
        if alone:
            call_until_done(self.connection, statement, alone, lambda member, row: done(statement, member, row))
        if shared:
            name = "shared_refund_create" if what == "refund" else f"shared_charge_{what}"
            call_until_done(self.connection, name, shared, lambda member, row: done(name, member, row))

    @staticmethod
    def amounts(row, member=None):
        alone = [{"payer_kind": "account", "amount_fen": (member or {}).get("amount_fen")}]
        payers = json.loads(row["payers"]) if row.get("payers") else alone
        return row["current_year_fen"], row["carried_over_fen"], [
            (one["payer_kind"], one["amount_fen"]) for one in payers if one.get("amount_fen")]

    def of_charge(self, state, **more):
        """A request about a charge, mostly one that is in a state."""
        known = [key for key, one in self.model.charges.items() if one.state == state] or list(self.model.charges)
        if not known:
            return None
        charge_id = self.random.choice(known[-20:] if self.random.random() < 0.9 else list(self.model.charges))
        charge = self.model.charges[charge_id]
        person = charge.person
        return {**self.common(charge_id, *more.values()), "provider_id": charge.provider, "person_key": person,
                "charge_id": charge_id, **more, **self.ids(person, "event_id")}

    def capture(self):
        member = self.of_charge("held", amount_fen=self.random.choice((None, None, 1, 1000, 300000)))
        if member:
            member |= {**self.dated, **self.ids(member["person_key"], "current_year_entry_id", "carried_over_entry_id")}
            self.batch("capture", [member], lambda m: self.model.capture(m["charge_id"], m["amount_fen"], m["instant"]))

    def void(self):
        member = self.of_charge("held")
        if member:
            self.batch("void", [member], lambda m: (self.model.void(m["charge_id"], m["instant"])[0], None))

    def refund(self):
        member = self.of_charge("captured", refund_no=self.number(), amount_fen=self.random.choice((None, 1, 50, 1000, 12000, 200000)))
        if member:
            member |= {**self.dated, "reason": None, **self.ids(
                member["person_key"], "refund_id", "current_year_entry_id", "carried_over_entry_id")}
            self.batch("refund", [member], lambda m: self.model.refund(
                m["charge_id"], m["provider_id"], m["refund_no"], m["amount_fen"], m["instant"]))

    def swept(self, function):
        total, done = 0, 1
        while done:
            (done,) = self.connection.execute(f"SELECT {function}(%s, %s, 1000)", [self.instant, self.instant]).fetchone()
            total += done
        return total

    def expire(self):
        assert self.swept("charge_expire") == self.model.expire(self.instant)

    # ── wallets ──

    def send(self):
        ways = [key for key, one in self.model.members.items() if one.way == "wallet" and one.state == "active"]
        member_id = self.random.choice(ways if ways and self.random.random() < 0.9 else list(self.model.members))
        account, person = self.model.members[member_id].account, self.model.members[member_id].account.person
        fen = self.random.choice((1, 999, 50000, 200000, 200001))
        member = {**self.common(member_id, fen), **self.dated, "person_key": person, "account_id": account.id,
                  "family_member_id": member_id, "amount_fen": fen, "principal_id": self.row_of(person).person_id,
                  **self.ids(person, "wallet_transfer_id", "event_id")}
        self.ask("wallet_transfer_create", member, lambda: self.model.send(member["wallet_transfer_id"], member_id, fen, self.instant),
                 lambda row: (row["current_year_fen"], row["carried_over_fen"]))

    def end_sent(self):
        pending = [key for key, one in self.model.sent.items() if one.state == "pending"] or list(self.model.sent)
        if not pending:
            return
        sent_id = self.random.choice(pending if self.random.random() < 0.8 else list(self.model.sent))
        one, event = self.model.sent[sent_id], self.random.choice(("accept", "accept", "decline", "cancel"))
        person = one.member.account.person
        caller = person if event == "cancel" else one.member.person
        if one.member.guardian and event != "cancel" and self.random.random() < 0.6:
            caller = one.member.guardian
        caller = self.random.choice(self.people) if self.random.random() < 0.03 else caller
        member = {**self.common(sent_id, event), **self.dated, "person_key": person, "wallet_transfer_id": sent_id,
                  "caller_key": caller, "principal_id": self.row_of(caller).person_id, **self.ids(person, "event_id")}
        self.ask(f"wallet_transfer_{event}", member, lambda: self.model.end_sent(event, sent_id, caller, self.instant))

    def return_sent(self):
        assert self.swept("wallet_transfer_return") == self.model.return_sent(self.instant)

    # ── what happens besides ──

    def adjust(self):
        """One member of staff proposes, another approves."""
        account = self.random.choice([one for one in self.model.accounts.values()
                                      if one.pool != sharing_things.WALLET and one.status != "closed"])
        part, fen = self.random.choice(("current_year", "carried_over")), self.random.choice((1, 1, -1)) * self.random.choice(FEN)
        asked = {**self.common(part, fen), **self.ids(account.person, "proposal_id", "entry_id"), "event_id": uuid.uuid4(),
                 "person_key": account.person, "account_id": account.id, "part": part, "reason": "model", "proposed_by": uuid.uuid4(),
                 "direction": "credit" if fen > 0 else "debit", "amount_fen": abs(fen)}
        del asked["real_instant"]
        (row,) = call(self.connection, "adjustment_propose", [asked])
        assert row["status"] == self.model.adjust(account, part, fen, self.instant), (asked, row)
        if row["status"] == "proposed":
            (row,) = call(self.connection, "proposal_approve", [{
                "proposal_id": row["proposal_id"], "decided_by": uuid.uuid4(), "decided_at": self.instant,
                "business_instant": self.instant, "event_id": uuid.uuid4(), "request_id": "r" * 16}])
            assert row["state"] == "approved", row

    def freeze(self):
        """Or thaw, as an approved change of status does."""
        account = self.random.choice([one for one in self.model.accounts.values() if one.status not in ("closed", "deceased")])
        if account.status == "frozen":
            active = any(one.status == "active" for one in self.model.accounts_of(account.person))
            account.status = "spend_only" if active else account.thawed
        elif self.random.random() < 0.5:
            account.thawed, account.status = account.status, "frozen"
        self.connection.execute("UPDATE account SET status = %s, version = version + 1 WHERE account_id = %s AND person_key = %s",
                                [account.status, account.id, account.person])

    def tick(self):
        self.instant += datetime.timedelta(minutes=self.random.choice(MINUTES))
        if self.instant.hour < 6 and self.random.random() < 0.7:
            self.instant = self.instant.replace(hour=9)
