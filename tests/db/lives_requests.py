"""Random deaths, doubled records, wallets and enrolments that wait, sent to the program and told to the model."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import json

from tests.db import family_model, lives_model, merging, moving_requests, moving_things, posting, sharing_things

YOUNG, NEARLY_OF_AGE = datetime.date(2014, 3, 8), datetime.date(2007, 12, 5)


class World(moving_requests.World):
    """Children and parents without an account besides, who die, wait elsewhere, and are on record twice."""

    def __init__(self, connection, seed):
        super().__init__(connection, seed)
        for pool, born in (("620500", YOUNG), ("620100", NEARLY_OF_AGE), ("440100", sharing_things.Person.born),
                           ("620500", sharing_things.Person.born)):
            self.bring_up(self.add_resident(pool, born))
        self.doubles = [self.add_person(pool, "active", *money) for pool, money in (("620500", (2500, 900)), ("330600", (0, 31000)))]

    def add_resident(self, pool, born):
        """Somebody of the resident scheme, who has no account."""
        row = posting.Account(pool_code=pool).insert_owner(self.connection)
        self.connection.execute("UPDATE person SET birth_date = %s WHERE person_key = %s", [born, row.person_key])
        self.meet(row, born)
        self.enrol(row.person_key, pool, scheme="resident")
        return row.person_key

    def bring_up(self, person):
        """Two of the province pay for them, one from another sends money; the first of all is a child's guardian, and opens its wallet."""
        able = [one for one in self.model.accounts.values() if not self.model.account_fault(one, self.instant.date())]
        near = [one for one in able if self.model.way(one.pool, person, self.instant.date()) == "direct"]
        far = [one for one in able if one not in near and one.pool != "440100"]
        guardian = near[0].person if self.model.people[person].is_minor(self.instant.date()) else None
        for account in (*near[:2], *self.random.sample(far, 1)):
            usages, limits = self.terms()
            asked = family_model.Invited("child", usages, limits, person, True, guardian)
            if self.send_invitation(account, asked, None) == "created":
                self.family_step("accept", list(self.model.members)[-1], guardian or person, None)
        self.open_wallet_of(person, guardian or person)

    def die(self):
        """As an approved correction of the record does."""
        alive = [one for one in self.people if not self.model.people[one].has_died]
        if len(alive) < 8:
            return
        busy = {one.person for one in self.model.transfers.values() if one.state not in moving_things.OVER}
        busy |= {one.account.person for one in self.model.withdrawals.values() if one.state not in moving_things.OVER}
        busy |= {one.person for one in self.model.charges.values() if one.state == "held"}
        person = self.random.choice([one for one in alive if one in busy and self.random.random() < 0.7] or alive)
        row, day = self.row_of(person), self.instant.date().isoformat()
        payload = json.dumps({"changes": [{"field": "deceased_on", "before": None, "after": day}], "hashes": {}})
        proposal_id = merging.propose(self.connection, "correct_person", person, row.person_id, payload=payload)
        ((status, _),) = merging.apply(self.connection, "correct_person", proposal_id, instant=self.instant)
        assert status == "applied"
        self.model.die(person)
        self.seen.add(("die", status))

    def merge(self):
        """Mostly a record that was made twice; whoever is merged is not asked about any more."""
        apart = [one for one in self.people if self.model.people[one].merged_into is None]
        doubles = [one for one in self.doubles if one in apart]
        duplicate = self.random.choice(doubles if doubles and self.random.random() < 0.7 else apart)
        survivor = self.random.choice([one for one in apart if one != duplicate])
        told = self.model.merge_refusal(survivor, duplicate)
        status, _ = merging.merge(self.connection, self.row_of(survivor), self.row_of(duplicate), instant=self.instant)
        assert status == (told or "applied"), (survivor, duplicate, status, told)
        self.seen.add(("merge", status))
        if status == "applied":
            found = self.connection.execute("SELECT pool_code, account_id FROM account WHERE person_key = %s", [survivor]).fetchall()
            self.model.merge(survivor, duplicate, self.instant, dict(found))
            self.learn(survivor)
            self.people.remove(duplicate)

    def learn(self, person):
        for account in self.model.accounts_of(person):
            if account.id not in self.rows:
                row = posting.Account(person_key=person, pool_code=account.pool, status=account.status)
                row.account_id, row.person_id = account.id, self.row_of(person).person_id
                self.rows[account.id] = row

    def wait_there(self):
        """Somebody is enrolled at another pool already, usually before they apply."""
        person, pool = self.random.choice(self.people), self.random.choice(moving_requests.TO)
        scheme = self.random.choice(("employee", "employee", "resident"))
        mode = self.random.choice(("with_account", "with_account", "pooled_only")) if scheme == "employee" else "pooled_only"
        if any((one.pool, one.scheme) == (pool, scheme) for one in self.model.enrolments[person]) or self.model.people[person].has_died:
            return
        first = lives_model.waits_from(self.random, self.instant.date())
        self.enrol(person, pool, scheme=scheme, status="pending_in", account_mode=mode, started_on=first)
        if mode == "with_account":
            self.prepare_account(person, pool)
        self.seen.add(("wait", mode))

    def prepare_account(self, person, pool):
        """As the import does for an enrolment that waits: it receives where no other one does."""
        accounts = self.model.accounts_of(person)
        status = "spend_only" if any(one.status == "active" for one in accounts) else "active"
        account = next((one for one in accounts if one.pool == pool), None)
        if account is None:
            self.add_account(person, pool, 0, status)
        elif account.status == "spend_only" and status == "active":
            account.status = status
            self.connection.execute("UPDATE account SET status = 'active', version = version + 1 WHERE account_id = %s", [account.id])

    def open_wallet(self):
        person = self.random.choice(self.people)
        guardians = [one.guardian for one in self.model.members.values() if one.person == person and one.guardian]
        self.open_wallet_of(person, self.random.choice(guardians + [person] if self.random.random() < 0.9 else self.people))

    def open_wallet_of(self, person, caller):
        row = self.row_of(person)
        member = {**self.common(person), "person_key": person, "person_id": row.person_id, "caller_key": caller,
                  "principal_id": self.row_of(caller).person_id, "actor_kind": "citizen", **self.ids(person, "account_id", "event_id")}
        self.ask("wallet_open", member, lambda: self.model.open_wallet(member["account_id"], person, caller, self.instant),
                 lambda row: row["account_id"])
        self.learn(person)
