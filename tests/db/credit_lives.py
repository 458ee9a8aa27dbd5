"""Random lives of pensioners, recorded in the database and told to the model, side by side."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import random
import uuid

from tests.db import credit_books, credit_facts, credit_model
from tests.db.credit_desk import Desk
from tests.db.interesting import at
from tests.db.merging import merge
from tests.db.posting import Account, debit, make_id, statuses

START = datetime.date(2024, 5, 10)


class Lives(Desk):
    """A few people on a migrated database, and the model of them."""

    def __init__(self, connection, seed):
        super().__init__(connection, START)
        self.random, self.model, self.accounts, self.seen = random.Random(seed), credit_model.Model(), {}, set()
        self.about = None

    def chance(self, probability):
        return self.random.random() < probability

    def some_day(self, first, last):
        return first + datetime.timedelta(self.random.randint(0, (last - first).days))

    # ── people ──

    def add_person(self):
        pool = self.random.choice(list(credit_facts.POOLS))
        born = self.some_day(datetime.date(1940, 1, 1), datetime.date(1966, 12, 31))
        if self.chance(0.2):
            born = datetime.date(self.random.choice((1944, 1952, 1956)), 2, 29)
        account = Account(pool_code=pool).insert_owner(self.connection)
        self.connection.execute("UPDATE person SET birth_date = %s WHERE person_key = %s", [born, account.person_key])
        self.model.people[account.person_key] = credit_facts.Person(born)
        self.accounts[account.person_key] = {}
        self.enrol(account.person_key, account.person_id, pool, datetime.date(2000, 1, 1) + datetime.timedelta(self.random.randint(0, 900)),
                   self.some_day(datetime.date(2020, 1, 1), datetime.date(2025, 6, 30)) if self.chance(0.8) else None)

    def enrol(self, key, person_id, pool, started, retired, mode="with_account"):
        person = self.model.people[key]
        if pool not in person.accounts:
            account = self.accounts[key][pool] = Account(key, pool)
            account.person_id = person_id
            account.insert(self.connection)
            person.accounts[pool] = credit_facts.Account(pool)
        made = credit_books.enrol(self.connection, self.accounts[key][pool], started_on=started, retired_on=retired, account_mode=mode)
        person.enrolments.append(self.known(credit_facts.Enrolment(pool, started, retired, mode=mode), made))

    def someone(self):
        """Or whom it is about just now."""
        if self.about is not None:
            return self.about, self.model.people[self.about]
        return self.random.choice([(key, person) for key, person in self.model.people.items() if not person.is_alias])

    def change(self, key, one, **values):
        """An enrolment's row and its model."""
        names = {"status": "status", "ended": "ended_on", "retired": "retired_on", "mode": "account_mode"}
        sets = ", ".join(f"{names[name]} = %s" for name in values)
        self.connection.execute(f"UPDATE enrolment SET {sets} WHERE person_key = %s AND enrolment_id = %s",
                                [*values.values(), key, one.enrolment_id])
        for name, value in values.items():
            setattr(one, name, value)

    def set_status(self, key, pool, status):
        self.connection.execute("UPDATE account SET status = %s, version = version + 1 WHERE person_key = %s AND pool_code = %s",
                                [status, key, pool])
        self.model.people[key].accounts[pool].status = status

    def moves(self):
        """To another pool, today or long ago, as it is told late; retirement goes along."""
        key, person = self.someone()
        old = person.enrolments[-1]
        pool = self.random.choice([pool for pool in credit_facts.POOLS if pool != old.pool])
        day = self.today - datetime.timedelta(self.random.choice((0, 20, 100, 300)))
        if old.ended or person.died or day <= old.started or any(one.started >= day for one in person.enrolments):
            return
        if not all(one.ended for one in person.enrolments[:-1]):
            return
        if old.retired and old.retired >= day:
            return
        self.change(key, old, status="ended", ended=max(old.started, day - datetime.timedelta(self.random.choice((0, 1, 40)))))
        for its_pool, account in person.accounts.items():
            if account.status == "active":
                self.set_status(key, its_pool, "spend_only")
        self.enrol(key, self.accounts[key][old.pool].person_id, pool, day, day if old.retired else None)

    def retires(self):
        """Or retired long ago, as it is told late; or on another day than was told first."""
        key, person = self.someone()
        one = person.enrolments[-1]
        day = self.today - datetime.timedelta(self.random.choice((0, 30, 90, 400)))
        if not one.ended and day >= one.started:
            self.change(key, one, retired=None if self.chance(0.1) else day)

    def changes_enrolment(self):
        key, person = self.someone()
        one = person.enrolments[-1]
        if one.ended or not all(other.ended for other in person.enrolments[:-1]):
            return
        if self.chance(0.5):
            self.change(key, one, status="active" if one.status != "active" else self.random.choice(("suspended", "closing")))
        else:
            self.change(key, one, mode="pooled_only" if one.mode == "with_account" else "with_account")

    def dies(self):
        """Or died long ago; or did not."""
        key, person = self.someone()
        died = None if person.died else self.today - datetime.timedelta(self.random.choice((0, 40, 200)))
        self.connection.execute("UPDATE person SET deceased_on = %s WHERE person_key = %s", [died, key])
        person.died = died
        for pool, account in person.accounts.items():
            if died and account.status not in ("closed", "deceased"):
                self.set_status(key, pool, "deceased")
            if not died and account.status == "deceased":
                self.set_status(key, pool, "spend_only")

    def is_born_again(self):
        """A birth date is corrected, which somebody approves."""
        key, person = self.someone()
        person.born = max(datetime.date(1900, 1, 1), person.born + datetime.timedelta(self.random.choice((-400, -30, -1, 1, 365))))
        self.connection.execute("UPDATE person SET birth_date = %s WHERE person_key = %s", [person.born, key])
        self.connection.execute(
            "INSERT INTO proposal (proposal_id, kind, person_key, object_id, payload, reason, state, proposed_by, proposed_at, decided_by,"
            " decided_at, outcome) VALUES (%s, 'correct_person', %s, %s, '{\"changes\": [{\"field\": "
            "\"birth_date\"}]}', 'model', 'approved',"
            " %s, %s, %s, %s, '{}')",
            [make_id(key), key, make_id(key), uuid.uuid4(), at(self.today), uuid.uuid4(), at(self.today)])

    def freezes(self):
        key, person = self.someone()
        pool, account = self.random.choice(list(person.accounts.items()))
        status = self.random.choice(("active", "suspended", "frozen", "spend_only", "closed"))
        if person.died or (status == "closed" and account.balance) or (
                status == "active" and any(one.status == "active" for one in person.accounts.values())):
            return
        self.set_status(key, pool, status)

    def spends(self):
        """All there is, or a part."""
        key, person = self.someone()
        for pool, account in person.accounts.items():
            if account.status == "closed":
                continue
            for part, there in account.parts.items():
                fen = there if self.chance(0.5) else self.random.randint(0, there)
                if fen:
                    spent = debit(self.accounts[key][pool], fen, part=part, business_date=self.today)
                    assert statuses(self.connection, [spent], instant=at(self.today)) == ["posted"], (key, pool, part, fen, account)
                    account.parts[part] -= fen

    def merges(self):
        """Two records are the same person. What becomes of enrolments and statuses is read: other tests hold that."""
        (key, survivor), (other_key, duplicate) = self.someone(), self.someone()
        if key == other_key or len(self.model.people) - sum(one.is_alias for one in self.model.people.values()) < 6:
            return
        mine, other = (next(iter(self.accounts[one].values())) for one in (key, other_key))
        if merge(self.connection, mine, other, instant=at(self.today))[0] != "applied":
            return
        self.model.merge(survivor, duplicate)
        self.seen.add("merged")
        for one, person in ((key, survivor), (other_key, duplicate)):
            person.enrolments = [self.known(credit_facts.Enrolment(*row[1:]), row[0]) for row in self.connection.execute(
                "SELECT enrolment_id, pool_code, started_on, retired_on, status, account_mode, ended_on FROM enrolment"
                " WHERE person_key = %s ORDER BY started_on, enrolment_id", [one])]
            for pool, account_id, status in self.connection.execute(
                    "SELECT pool_code, account_id, status FROM account WHERE person_key = %s", [one]).fetchall():
                person.accounts[pool].status = status
                self.accounts[one].setdefault(pool, Account(one, pool)).account_id = account_id
                self.accounts[one][pool].person_id = self.accounts[one][mine.pool_code if one == key else other.pool_code].person_id

    @staticmethod
    def known(enrolment, enrolment_id):
        enrolment.enrolment_id, enrolment.order = enrolment_id, enrolment_id.int
        return enrolment
