"""Random requests for money, sent to the program's own statements and told to the model, side by side."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import hashlib
import random
import uuid

from tests.db import money_model, posting
from tests.harness.queries import call, call_until_done

POOLS = tuple(money_model.RULES)
START = datetime.datetime(2025, 11, 20, 9, 0, tzinfo=money_model.SHANGHAI)
USAGES = ("medicine", "medicine", "medicine", "device", "treatment", "premium")
STATUSES = ("active", "active", "suspended", "frozen", "spend_only", "deceased")
PROVIDERS = ((("620000",), "hospital"), (("000000",), "pharmacy"), (("330600", "620500"), "clinic"))
FEN = (1, 99, 1000, 12345, 300000, 999999, 5000000)


class World:
    """A few people and providers on a migrated database, and the model of them."""

    def __init__(self, connection, seed, accounts=6):
        self.connection, self.random, self.model, self.instant = connection, random.Random(seed), money_model.Model(), START
        self.numbers, self.sent = 0, {what: [] for what in self.STATEMENTS}
        self.providers = [self.add_provider(regions, kind) for regions, kind in PROVIDERS]
        self.people = {}
        for place in range(accounts):
            self.add_account(POOLS[place % len(POOLS)])

    def add_provider(self, regions, kind):
        provider_id = uuid.UUID(int=self.random.getrandbits(128))
        self.connection.execute(
            "INSERT INTO client (client_id, kind, name, regions, state, created_at, changed_at)"
            " VALUES (%s, 'provider', %s, %s, 'active', %s, %s)",
            [provider_id, str(provider_id), list(regions), START, START])
        self.connection.execute("INSERT INTO provider VALUES (%s, %s, %s)",
                                [provider_id, "H" + str(self.random.getrandbits(40)).zfill(13), kind])
        self.model.providers[provider_id] = money_model.Provider(kind, regions)
        return provider_id

    def add_account(self, pool):
        person = posting.Account(pool_code=pool)
        person.insert_owner(self.connection).insert(self.connection)
        made = self.model.accounts[person.account_id] = money_model.Account(pool)
        self.people[person.account_id] = person
        for part in ("current_year", "carried_over"):
            self.give(person, part, self.random.choice((0, 5000, 250000, 3000000)))
        return made

    def give(self, person, part, fen):
        """Money from nowhere, as the import of an older system's balances brings it."""
        if not fen:
            return
        operation = posting.make_id(person.person_key)
        document = f"CUT-{operation}"
        self.connection.execute(
            "INSERT INTO opening_balance (person_key, account_id, current_year_fen, carried_over_fen, recorded_at, as_of,"
            " operation_id, source_document) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [person.person_key, person.account_id, fen if part == "current_year" else 0, fen if part == "carried_over" else 0,
             START, START.date(), operation, document])
        self.connection.execute("UPDATE account SET cut_over_on = %s WHERE person_key = %s",
                                [START.date(), person.person_key])
        result = posting.statuses(self.connection, [posting.Entry(
            person, fen, kind="opening_balance", part=part, operation_id=operation, reference=document,
            system_account=f"opening_balance:{person.pool_code}", business_date=START.date())], instant=START)
        assert result == ["posted"]
        self.model.accounts[person.account_id].move(START.date(), part, fen)

    # ── requests ──

    def common(self, operation, *content):
        """Key, hash, instants."""
        return {"key": f"key-{self.random.getrandbits(60)}", "content_hash": hashlib.sha256(repr((operation, content)).encode()).digest(),
                "instant": self.instant, "real_instant": self.instant, "request_id": "r" * 16, "hash_algorithm": "sha256",
                "business_date": money_model.day_of(self.instant), "wait": False}

    def some_charge(self):
        known = list(self.model.charges)
        if not known or self.random.random() < 0.05:
            person = self.random.choice(list(self.people.values()))
            return posting.make_id(person.person_key), person.person_key
        charge_id = self.random.choice(known[-30:])
        return charge_id, self.people[self.model.charges[charge_id].account].person_key

    def who(self, charge_id):
        charge = self.model.charges.get(charge_id)
        return charge.provider if charge and self.random.random() < 0.95 else self.random.choice(self.providers)

    def number(self):
        """Mostly a new one."""
        if self.numbers and self.random.random() < 0.1:
            return f"NO-{self.random.randint(1, self.numbers)}"
        self.numbers += 1
        return f"NO-{self.numbers}"

    def ids(self, person_key, *names):
        return {name: posting.make_id(person_key) for name in names}

    def create(self):
        random_ = self.random
        person = random_.choice(list(self.people.values()))
        account_id = person.account_id if random_.random() < 0.97 else posting.make_id(person.person_key)
        held = random_.random() < 0.4
        expires_at = self.instant + datetime.timedelta(hours=random_.choice((-1, 1, 30, 72, 73, 168, 169))) if held else None
        content = (random_.choice(self.providers), account_id, self.number(), random_.choice(USAGES), random_.choice(FEN), expires_at)
        provider_id, account_id, number, usage, fen, expires_at = content
        return {**self.common("create_charge", *content), "provider_id": provider_id, "person_key": person.person_key,
                "account_id": account_id, "charge_no": number, "usage": usage, "item": "item", "amount_fen": fen,
                "expires_at": expires_at, **self.ids(person.person_key, "charge_id", "current_year_entry_id",
                                                     "carried_over_entry_id", "event_id")}

    def change(self, operation, **more):
        charge_id, person_key = self.some_charge()
        provider_id = self.who(charge_id)
        return {**self.common(operation, charge_id, *more.values()), "provider_id": provider_id, "person_key": person_key,
                "charge_id": charge_id, **more, **self.ids(person_key, "event_id")}

    def capture(self):
        member = self.change("capture_charge", amount_fen=self.random.choice((None, None, 1, 1000, 300000)))
        return {**member, **self.ids(member["person_key"], "current_year_entry_id", "carried_over_entry_id")}

    def void(self):
        member = self.change("void_charge")
        for unknown in ("hash_algorithm", "business_date"):
            del member[unknown]
        return member

    def refund(self):
        member = self.change("create_refund", refund_no=self.number(), amount_fen=self.random.choice((None, 1, 50, 1000, 12000)))
        return {**member, "reason": None, **self.ids(member["person_key"], "refund_id", "current_year_entry_id",
                                                    "carried_over_entry_id")}

    # ── both sides ──

    STATEMENTS = {"create": ("create_charge", "charge_create"), "capture": ("capture_charge", "charge_capture"),
                  "void": ("void_charge", "charge_void"), "refund": ("create_refund", "refund_create")}

    def batch(self, what):
        """Up to eight requests of a kind at once, and now and then an earlier one again, or its key with other content."""
        operation, statement = self.STATEMENTS[what]
        members = [getattr(self, what)() for _ in range(self.random.randint(1, 8))]
        self.sent[what] += members
        for _ in range(self.random.choice((0, 0, 1, 2))):
            other = dict(self.random.choice(self.sent[what][-20:]))
            if self.random.random() < 0.5:
                other["content_hash"] = hashlib.sha256(b"other").digest()
            fresh = {name for name in other if name.endswith("_id") and name not in ("provider_id", "account_id", "request_id")}
            if what != "create":
                fresh.discard("charge_id")
            members.append({**other, **self.ids(other["person_key"], *fresh)})
        call_until_done(self.connection, statement, members, lambda member, row: self.compare(what, operation, member, row))

    def compare(self, what, operation, member, row):
        status, facts, is_replayed = self.model.once(
            operation, member["provider_id"], member["key"], member["content_hash"], lambda: self.tell(what, member))
        assert (row["status"], row["is_replayed"]) == (status, is_replayed), (what, member, row)
        if facts is not None:
            assert (row["current_year_fen"], row["carried_over_fen"]) == facts, (what, member, row)

    def tell(self, what, member):
        model, provider_id, instant = self.model, member["provider_id"], member["instant"]
        match what:
            case "create":
                return model.charge(member["charge_id"], provider_id, member["account_id"], member["charge_no"],
                                    member["usage"], member["amount_fen"], member["expires_at"], instant)
            case "capture":
                return model.capture(member["charge_id"], provider_id, member["amount_fen"], instant)
            case "void":
                return model.void(member["charge_id"], provider_id, instant)
            case "refund":
                return model.refund(member["charge_id"], provider_id, member["refund_no"], member["amount_fen"], instant)

    def expire(self):
        done = self.connection.execute("SELECT charge_expire(%s, %s, 1000)", [self.instant, self.instant]).fetchone()[0]
        assert done == self.model.expire(self.instant)

    def year_end(self):
        """The interest of all years that are over, and the carrying over of money."""
        for year in range(START.year, self.instant.astimezone(money_model.SHANGHAI).year):
            for account_id, person in self.people.items():
                account = self.model.accounts[account_id]
                judged = self.connection.execute(
                    "SELECT status, year_start, from_day, to_day FROM interest_year_judge(%s, %s, %s)",
                    [[person.person_key], [account_id], year]).fetchone()
                first = account.movements[0][0] if account.movements else None
                over = account.interest_to is not None and account.interest_to.year > year
                told = "already_posted" if over else "no_entries" if first is None or first.year > year else "due"
                assert judged[0] == told, (account_id, year, judged)
                if told == "due":
                    self.post_interest(person, year, judged[1:])

    def adjust(self):
        """One member of staff proposes, another approves."""
        person = self.random.choice(list(self.people.values()))
        part, fen = self.random.choice(("current_year", "carried_over")), self.random.choice((1, -1)) * self.random.choice(FEN)
        asked = {"proposal_id": posting.make_id(person.person_key), "entry_id": posting.make_id(person.person_key),
                 "person_key": person.person_key, "account_id": person.account_id, "part": part,
                 "direction": "credit" if fen > 0 else "debit", "amount_fen": abs(fen), "reason": "model",
                 "proposed_by": uuid.uuid4(), "event_id": uuid.uuid4(), **self.common("propose_adjustment", part, fen)}
        for unknown in ("real_instant", "hash_algorithm", "business_date"):
            del asked[unknown]
        (row,) = call(self.connection, "adjustment_propose", [asked])
        assert row["status"] == self.model.adjust(person.account_id, part, fen, self.instant), (asked, row)
        if row["status"] == "proposed":
            decided = {"proposal_id": row["proposal_id"], "decided_by": uuid.uuid4(), "decided_at": self.instant,
                       "business_instant": self.instant, "event_id": uuid.uuid4(), "request_id": "r" * 16}
            (row,) = call(self.connection, "proposal_approve", [decided])
            assert row["state"] == "approved", row

    def approved(self, person):
        """The auditor asks who approved it."""
        proposal_id = posting.make_id(person.person_key)
        self.connection.execute(
            "INSERT INTO proposal (proposal_id, kind, person_key, object_id, payload, reason, state, proposed_by, proposed_at,"
            " decided_by, decided_at, outcome)"
            " VALUES (%s, 'post_account_interest', %s, %s, '{}', 'model', 'approved', %s, %s, %s, %s, '{}')",
            [proposal_id, person.person_key, person.account_id, uuid.uuid4(), self.instant, uuid.uuid4(), self.instant])
        return proposal_id

    def post_interest(self, person, year, days):
        with self.connection.transaction():
            self.connection.execute("SELECT account_lock(%s, %s, true)", [[person.person_key], [person.account_id]])
            row = self.connection.execute(
                "SELECT status, current_year_interest_fen, carried_over_interest_fen, carried_fen"
                " FROM interest_post(%s, %s, %s, %s, %s, NULL, %s, %s, 'sha256')",
                [[person.person_key], [person.account_id], *([day] for day in days), self.approved(person), self.instant]
            ).fetchone()
        assert (row[0], row[1:]) == self.model.year_end(person.account_id, year), (person.account_id, year)

    def freeze(self):
        """What an approved change of status does to the row."""
        account_id = self.random.choice(list(self.people))
        status = self.random.choice(STATUSES)
        self.connection.execute("UPDATE account SET status = %s, version = version + 1 WHERE account_id = %s AND person_key = %s",
                                [status, account_id, self.people[account_id].person_key])
        self.model.accounts[account_id].status = status

    def tick(self):
        self.instant += datetime.timedelta(minutes=self.random.choice((1, 20, 60, 600, 1500, 9000, 9000, 100000)))

    def compare_all(self):
        """Every balance, hold and charge."""
        for account_id, told in self.model.accounts.items():
            found = self.connection.execute(
                "SELECT status, current_year_fen, carried_over_fen, held_fen FROM account WHERE account_id = %s AND person_key = %s",
                [account_id, self.people[account_id].person_key]).fetchone()
            assert found == (told.status, told.current_year, told.carried_over, told.held)
        found = self.connection.execute(
            "SELECT charge_id, state, amount_fen, current_year_fen, carried_over_fen, refunded_fen FROM charge").fetchall()
        assert {row[0]: row[1:] for row in found} == {
            charge_id: (one.state, one.amount, one.current_year, one.carried_over, one.refunded)
            for charge_id, one in self.model.charges.items()}
