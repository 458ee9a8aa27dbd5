"""Random requests of people who move or take their money out, sent to the program's own statements and told to the model."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import hashlib
import types
import uuid

from tests.db import family_requests, moving_things, posting, sharing_people, sharing_things, transferring, withdrawing
from tests.db.money_model import SHANGHAI, day_of

DESKS = [uuid.UUID(int=number + 1 << 70) for number in range(4)]
TO = (*sharing_people.POOLS, moving_things.UNCONNECTED)
FULL_YEARS = "SELECT status, year_start, from_day, to_day FROM interest_year_judge(%s, %s, %s)"


class World(family_requests.World):
    """People who move, who have left, and who are retired."""

    def __init__(self, connection, seed):
        super().__init__(connection, seed)
        day = datetime.date
        first = self.add_person("620500", "active", 300000, 70000)
        for pool, money in (("440100", (1200000, 0)), ("330600", (90000, 800000)), ("620100", (0, 5000)), ("620500", (4000, 0))):
            self.add_person(pool, "active", *money)
        self.add_person("620500", "spend_only", 0, 650000, status="ended", ended_on=day(2025, 8, 31))
        self.add_person("440100", "suspended", 33000, 21000, status="ended", ended_on=day(2025, 10, 31))
        self.add_person("330600", "active", 0, 400000, retired_on=day(2020, 1, 1))
        self.add_account(first, "620100", 7000)
        for person in self.people[:6]:
            self.add_account(person, sharing_things.WALLET, 0)
        for _ in range(12):
            self.relate()

    # ── transfers ──

    def apply(self):
        moving = {one.person for one in self.model.transfers.values() if one.state not in moving_things.OVER}
        staying = [one for one in self.people if one not in moving and any(
            old.status in ("active", "suspended") for old in self.model.enrolments[one])]
        person = self.random.choice(staying if staying and self.random.random() < 0.9 else self.people)
        to_pool = self.random.choice(TO)
        scheme, has_card = self.random.choice(("employee", "employee", "employee", "resident")), self.random.random() < 0.8
        person_id = self.row_of(person).person_id
        member = {**self.common(person, to_pool, scheme), "business_date": day_of(self.instant), "person_key": person,
                  "person_id": person_id, "to_region_code": to_pool, "to_scheme": scheme,
                  "bank_card_sealed": bytes(40) if has_card else None,
                  "who": "person", "actor_kind": "citizen", "principal_id": person_id, **self.ids(person, "transfer_id", "event_id")}
        transfer_id = member["transfer_id"]
        self.ask("transfer_apply", member, lambda: self.model.apply(transfer_id, person, to_pool, scheme, has_card, self.instant),
                 lambda row: row["way"])
        if transfer_id in self.model.transfers and self.random.random() < 0.9:
            self.hand_in(transfer_id)

    def hand_in(self, transfer_id):
        one = self.model.transfers[transfer_id]
        if not one.has_documents and one.state not in moving_things.OVER:
            one.has_documents = True
            for kind in ("citizen_id", "enrolment_certificate"):
                transferring.hand_in(self.connection, types.SimpleNamespace(person_key=one.person, transfer_id=transfer_id), kind)
            self.connection.execute("UPDATE document SET created_at = %s WHERE object_id = %s", [self.instant, transfer_id])

    def some(self, things, but=0.05):
        """Mostly one that is not over."""
        known = [key for key, one in things.items() if one.state not in moving_things.OVER]
        if self.random.random() < but or not known:
            known = list(things)
        return self.random.choice(known) if known else None

    def decide(self):
        transfer_id = self.some(self.model.transfers)
        if transfer_id is None:
            return
        one = self.model.transfers[transfer_id]
        if self.random.random() < 0.3:
            self.hand_in(transfer_id)
        sides = list(moving_things.NEXT[one.machine].get(one.state, {})) or [("out", "approve")]
        desk, decision = self.random.choice([side for side in sides if side[1] == "approve"] * 12 + sides)
        if self.random.random() < 0.1:
            desk = "in" if desk == "out" else "out"
        usual = DESKS[2] if (one.way, one.state) == ("payout", "out_review") else DESKS[desk == "in"]
        actor = self.random.choice(DESKS) if self.random.random() < 0.1 else usual
        refused = {"reason_code": "not_enrolled", "note": "no"} if decision == "refuse" else {}
        member = {**self.common(transfer_id, desk, decision), "hash_algorithm": "sha256", "transfer_id": transfer_id,
                  "person_key": one.person, "desk": desk, "decision": decision, **refused, "actor_id": actor,
                  **self.ids(one.person, "enrolment_id", "account_id", "operation_id", "event_id")}
        before = set(self.model.accounts)
        is_out = one.state == "out_review"
        self.ask("transfer_decide", member, lambda: self.model.decide(
            transfer_id, desk, decision, actor, member["operation_id"] if is_out else member["account_id"], self.instant))
        for account_id in set(self.model.accounts) - before:
            row = posting.Account(person_key=one.person, pool_code=one.to_pool, status="active")
            row.account_id, row.person_id = account_id, self.row_of(one.person).person_id
            self.rows[account_id] = row

    def cancel(self):
        transfer_id = self.some(self.model.transfers)
        if transfer_id is None:
            return
        person = self.model.transfers[transfer_id].person
        member = {**self.common(transfer_id), **self.dated, "transfer_id": transfer_id, "person_key": person, "who": "person",
                  "actor_kind": "citizen", "principal_id": self.row_of(person).person_id, "note": "stay", **self.ids(person, "event_id")}
        self.ask("transfer_cancel", member, lambda: self.model.cancel(transfer_id, self.instant))

    # ── withdrawals ──

    def withdraw(self):
        reasons = ("emigration", "resettled_retiree", "death")
        able = [(one, reason) for one in self.model.accounts.values() for reason in reasons
                if one.pool != sharing_things.WALLET and not self.model.refusal(one, reason, None, day_of(self.instant))]
        account = self.random.choice([one for one in self.model.accounts.values() if one.pool != sharing_things.WALLET])
        reason = self.random.choice(reasons)
        if able and self.random.random() < 0.8:
            account, reason = self.random.choice(able)
        own = (self.random.random() < 0.95) != (reason == "death")
        row, actor = self.rows[account.id], self.random.choice(DESKS[2:])
        name = hashlib.sha256(self.row_of(account.person).person_id.bytes).digest() if own else b"x" * 32
        member = {**self.common(account.id, reason), "principal_id": actor, "actor_kind": "staff", "person_key": account.person,
                  "account_id": account.id, "reason": reason, "name_hash": name, "bank_card": withdrawing.CARD,
                  "payee_name": withdrawing.NAME, **self.ids(row.person_key, "withdrawal_id", "event_id")}
        withdrawal_id = member["withdrawal_id"]
        self.ask("withdrawal_create", member, lambda: self.model.withdraw(withdrawal_id, account.id, reason, own, actor, self.instant))
        if withdrawal_id in self.model.withdrawals and self.random.random() < 0.95:
            self.model.withdrawals[withdrawal_id].has_documents = True
            withdrawing.hand_in(self.connection, types.SimpleNamespace(withdrawal_id=withdrawal_id))

    STATEMENTS = {"approve": "withdrawal_decide", "refuse": "withdrawal_decide", "cancel": "withdrawal_cancel",
                  "pay_at_window": "withdrawal_window_payment", "give_up": "withdrawal_return",
                  "change_bank_account": "withdrawal_bank_account"}

    def step(self):
        withdrawal_id = self.some(self.model.withdrawals)
        if withdrawal_id is None:
            return
        one = self.model.withdrawals[withdrawal_id]
        likely = {"submitted": ("approve",) * 9 + ("refuse",), "reviewed": ("approve",) * 9 + ("refuse", "cancel"),
                  "approved": ("cancel", "pay_at_window", "approve"), "bounced": ("give_up", "change_bank_account")}
        likely = likely.get(one.state, ("cancel",))
        event = self.random.choice(likely if self.random.random() < 0.9 else list(self.STATEMENTS))
        actor = DESKS[one.state == "reviewed"] if self.random.random() < 0.8 else self.random.choice(DESKS)
        person = one.account.person
        refused = {"reason_code": "not_eligible", "note": "no"} if event == "refuse" else {}
        refused = {"reason_code": "cash"} if event == "pay_at_window" else refused
        member = {**self.common(withdrawal_id, event), "hash_algorithm": "sha256", "event": event, "principal_id": actor,
                  "actor_kind": "staff", "person_key": person, "withdrawal_id": withdrawal_id, "bank_card": b"d" * 40,
                  "paid_on": day_of(self.instant), **refused, **self.ids(person, "return_id", "event_id")}
        self.ask(self.STATEMENTS[event], member, lambda: self.model.step(withdrawal_id, event, actor, self.instant),
                 lambda row: (row["current_year_fen"] or 0, row["carried_over_fen"] or 0))

    def pay_out(self):
        """A file of all that is approved in a pool; the bank has paid some of it, and sends the rest back."""
        pool, after = self.random.choice(sharing_people.POOLS), self.instant - posting.INSTANT
        ready = [types.SimpleNamespace(withdrawal_id=key) for key, one in self.model.withdrawals.items()
                 if one.state == "approved" and one.account.pool == pool]
        payable = [one for one in ready if not self.model.payout_refusal(self.model.withdrawals[one.withdrawal_id])]
        if payable != ready:
            assert withdrawing.make_file(self.connection, *ready, after=after, pool=pool)[0] == "conflict"
            ready = payable
        if not ready:
            return
        status, file_id = withdrawing.make_file(self.connection, *ready, after=after, pool=pool)
        assert status == "done"
        answers = [(one, self.random.choice(("paid", "account_closed"))) for one in ready]
        for one in ready:
            assert self.model.step(one.withdrawal_id, "instruct", None, self.instant)[0] == "done"
        assert withdrawing.record(self.connection, file_id, *answers, after=after) == ["done"] * len(answers)
        for one, what in answers:
            assert self.model.step(one.withdrawal_id, "confirm" if what == "paid" else "bounce", None, self.instant)[0] == "done"
            self.seen.add(("payout", what))

    # ── the rest ──

    def year_end(self):
        """The interest of the years that are over, and the carrying over of money."""
        for year in range(sharing_people.START.year, self.instant.astimezone(SHANGHAI).year):
            for account in [one for one in self.model.accounts.values() if one.pool != sharing_things.WALLET]:
                key = [[account.person], [account.id]]
                status, *days = self.connection.execute(FULL_YEARS, [*key, year]).fetchone()
                first = account.movements[0][0] if account.movements else None
                over = account.interest_to is not None and account.interest_to.year > year
                told = "already_posted" if over else "no_entries" if first is None or first.year > year else "due"
                assert status == ("account_closed" if (told, account.status) == ("due", "closed") else told), (account, year, status)
                if status == "due":
                    self.post_interest(account, key, days)

    def post_interest(self, account, key, days):
        proposal_id = posting.make_id(account.person)
        self.connection.execute(
            "INSERT INTO proposal (proposal_id, kind, person_key, object_id, payload, reason, state, proposed_by, proposed_at,"
            " decided_by, decided_at, outcome)"
            " VALUES (%s, 'post_account_interest', %s, %s, '{}', 'model', 'approved', %s, %s, %s, %s, '{}')",
            [proposal_id, account.person, account.id, uuid.uuid4(), self.instant, uuid.uuid4(), self.instant])
        with self.connection.transaction():
            self.connection.execute("SELECT account_lock(%s, %s, true)", key)
            row = self.connection.execute(
                "SELECT status, current_year_interest_fen, carried_over_interest_fen, carried_fen"
                " FROM interest_post(%s, %s, %s, %s, %s, NULL, %s, %s, 'sha256')",
                [*key, *([day] for day in days), proposal_id, self.instant]).fetchone()
        assert row == ("posted", *account.post_interest(*days[1:])), (account, row)

    def compare_all(self):
        """Every balance, hold, status and state; and no fen has come or gone unseen."""
        found = self.connection.execute("SELECT account_id, status, current_year_fen, carried_over_fen, held_fen FROM account").fetchall()
        assert {one[0]: one[1:] for one in found} == {
            key: (one.status, one.current_year, one.carried_over, one.held) for key, one in self.model.accounts.items()}
        found = self.connection.execute(
            "SELECT split_part(system_account, ':', 1), sum(CASE direction WHEN 'debit' THEN amount_fen ELSE -amount_fen END)"
            " FROM ledger_entry WHERE system_account ~ '^(transit|withdrawal_payable):' GROUP BY 1").fetchall()
        assert {"transit": 0, "withdrawal_payable": 0, **dict(found)} == self.model.between()
        for table, things in (("charge", self.model.charges), ("family_member", self.model.members), ("transfer", self.model.transfers),
                              ("wallet_transfer", self.model.sent), ("withdrawal", self.model.withdrawals)):
            found = self.connection.execute(f"SELECT {table}_id, state FROM {table}").fetchall()
            assert dict(found) == {key: one.state for key, one in things.items()}, table
        found = self.connection.execute("SELECT person_key, pool_code, scheme, status, started_on, ended_on FROM enrolment").fetchall()
        assert sorted(found, key=repr) == sorted(((person, one.pool, one.scheme, one.status, one.started_on, one.ended_on)
                                                  for person, all_of in self.model.enrolments.items() for one in all_of), key=repr)
