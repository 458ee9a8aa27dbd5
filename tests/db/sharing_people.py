"""A few people with accounts, wallets and relatives; requests go to the program and are told to the model, side by side."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import hashlib
import random
import uuid

from tests.db import lives_model, money_model, moving_things, posting, sharing_things
from tests.harness import family_rows
from tests.harness.queries import call, call_until_done

START = datetime.datetime(2025, 11, 20, 9, 0, tzinfo=money_model.SHANGHAI)
POOLS = ("620500", "440100", "330600", "620100")
PROVIDERS = ((("000000",), "hospital"), (("000000",), "hospital"), (("000000",), "pharmacy"), (("620000", "440100"), "clinic"))
LIMITS = (None, None, 500, 40000, 700000)
NEVER_KEPT = {"not_found"}  # and nothing is told of who asks


class World:
    """A few people with accounts, wallets and relatives on a migrated database, and the model of them."""

    def __init__(self, connection, seed):
        self.connection, self.random, self.model, self.instant = connection, random.Random(seed), lives_model.Lives(), START
        self.numbers, self.history, self.seen = 0, [], set()
        self.people, self.rows, self.owners = [], {}, {}
        self.providers = [self.add_provider(*one) for one in PROVIDERS]

    # ── who there is ──

    def add_provider(self, regions, kind):
        provider_id = uuid.UUID(int=self.random.getrandbits(128))
        self.connection.execute(
            "INSERT INTO client (client_id, kind, name, regions, state, created_at, changed_at)"
            " VALUES (%s, 'provider', %s, %s, 'active', %s, %s)", [provider_id, str(provider_id), list(regions), START, START])
        self.connection.execute("INSERT INTO provider VALUES (%s, %s, %s)",
                                [provider_id, "H" + str(self.random.getrandbits(40)).zfill(13), kind])
        self.model.providers[provider_id] = money_model.Provider(kind, regions)
        return provider_id

    def add_person(self, pool, account_status, current_year, carried_over, **enrolment):
        """With an account and an employee enrolment, as their key."""
        row = posting.Account(pool_code=pool, status=account_status).insert_owner(self.connection).insert(self.connection)
        self.meet(row)
        self.know(row, current_year, carried_over)
        self.enrol(row.person_key, pool, **enrolment)
        return row.person_key

    def meet(self, row, born=sharing_things.Person.born):
        self.people.append(row.person_key)
        self.owners[row.person_key], self.model.people[row.person_key] = row, sharing_things.Person(born)
        self.model.enrolments[row.person_key] = []

    def enrol(self, person, pool, **enrolment):
        made = moving_things.Enrolment(pool, **enrolment)
        self.model.enrolments[person].append(made)
        self.connection.execute(
            "INSERT INTO enrolment (person_key, enrolment_id, pool_code, scheme, status, account_mode, payer_kind, started_on, ended_on,"
            " retired_on) VALUES (%s, %s, %s, %s, %s, %s, 'self', %s, %s, %s)",
            [person, posting.make_id(person), pool, made.scheme, made.status, made.account_mode, made.started_on, made.ended_on,
             made.retired_on])

    def add_account(self, person, pool, fen, status="spend_only"):
        row = posting.Account(person_key=person, pool_code=pool, status=status)
        row.person_id = self.row_of(person).person_id
        self.know(row.insert(self.connection), 0, fen)

    def know(self, row, current_year, carried_over):
        self.rows[row.account_id] = row
        self.model.accounts[row.account_id] = sharing_things.Account(
            row.pool_code, row.status, id=row.account_id, person=row.person_key, opened_at=posting.INSTANT)
        for part, fen in (("current_year", current_year), ("carried_over", carried_over)):
            if fen:
                assert posting.statuses(self.connection, [posting.Entry(row, fen, part=part, business_date=START.date())],
                                        instant=START) == ["posted"]
                self.model.accounts[row.account_id].move(START.date(), part, fen)

    def row_of(self, person):
        return self.owners[person]

    def relate(self):
        """One more relative: of an account in use, paid for or sent money."""
        accounts = [one for one in self.model.accounts.values()
                    if one.status != "closed" and one.pool in {old.pool for old in self.model.enrolments[one.person]}]
        account, person = self.random.choice(accounts), self.random.choice(self.people)
        related = {(one.account.id, one.person) for one in self.model.members.values() if one.state == "active"}
        if account.person == person or (account.id, person) in related:
            return
        owner, member = self.rows[account.id], self.row_of(person)
        way = self.random.choice(("direct", "direct", "wallet"))
        usages = self.random.choice((["medicine"], ["medicine", "device", "treatment"]))
        limits = [self.random.choice(LIMITS) for _ in range(3)] if way == "direct" else [None] * 3
        since = self.instant - datetime.timedelta(microseconds=self.random.randint(0, 10 ** 6))
        member_id = family_rows.share(self.connection, owner, member, usages=usages, way=way, since=since, **dict(
            zip(("charge_limit_fen", "month_limit_fen", "year_limit_fen"), limits)))
        self.model.members[uuid.UUID(member_id)] = sharing_things.Member(
            account, person, way, since, tuple(usages), tuple(limits), until=since.date(), ends_not_before=since.date())

    # ── both sides ──

    def common(self, *content):
        """Key, hash, instants."""
        return {"key": f"key-{self.random.getrandbits(60)}", "content_hash": hashlib.sha256(repr(content).encode()).digest(),
                "instant": self.instant, "real_instant": self.instant, "request_id": "r" * 16, "wait": False}

    def ids(self, person, *names):
        return {name: posting.make_id(person) for name in names}

    @property
    def dated(self):
        return {"hash_algorithm": "sha256", "business_date": money_model.day_of(self.instant)}

    def ask(self, statement, member, told, facts=lambda row: None):
        """One request to the program, then told() of the model: their answers are the same."""
        rows = []
        call_until_done(self.connection, statement, [member], lambda _, row: rows.append(row))
        self.hold(statement, member, rows[0], told(), facts)
        return rows[0]["status"]

    def hold(self, statement, member, row, told, facts):
        found = row["status"], facts(row) if told[1] is not None else None
        assert (*found, row["is_replayed"]) == (*told, False), (statement, member, row, told)
        self.seen.add((statement, row["status"]))
        self.history.append((statement, member, told, facts))

    def again(self):
        """An earlier request, as after a lost connection: answered as it was, and done no second time."""
        if not self.history:
            return
        statement, member, told, facts = self.random.choice(self.history[-60:])
        if told[0] in NEVER_KEPT:
            return
        (row,) = call(self.connection, statement, [member])
        assert (row["status"], row["is_replayed"]) == (told[0], True), (statement, member, row, told)
        if told[1] is not None and not statement.startswith("withdrawal"):
            assert facts(row) == told[1], (statement, row, told)
