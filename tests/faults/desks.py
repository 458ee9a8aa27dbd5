"""Staff in a storm: people entered, money adjusted by two, phones corrected, credit policies drafted, tokens made and revoked."""
# SPDX-License-Identifier: Apache-2.0
import collections

from tests.faults.asking import Request
from tests.faults.offices import Office
from tests.faults.world import NAME, POOL, number_of

MINE = 100_000  # from here on, ten thousand for each desk, are numbers of people whom nobody else enters
POLICY = {"region_code": POOL, "effective_from": "2026-01", "plan_kind": "fixed", "period": "month", "age_basis": "credit_month",
          "tiers": [{"min_age": 0, "amount_fen": 10_000}], "rounding": "half_up", "legal_basis": "示例办法", "source": "faults"}  # fmt: skip
FIRST = "detail -> 'repeated' IS DISTINCT FROM 'true'"  # who decides once more what is decided is on record as that
EVENTS = ("SELECT object_id::text, count(*) FROM audit_event WHERE action = %s AND object_id = ANY (%s::uuid[])"
          f" AND {FIRST} GROUP BY object_id")  # fmt: skip


class Desk(Office):
    def prepare(self):
        self.operator, self.reviewer = self.staff("operator"), self.staff("reviewer")
        self.policy, self.security = self.staff("policy"), self.staff("security")
        self.made = 0
        self.people, self.accounts, self.enrolments = [], {}, []  # accounts: account → person
        self.balance_fen, self.entries = collections.Counter(), collections.Counter()
        self.decided = {}  # proposal → (state, the events it must have)
        self.policies, self.tokens, self.revoked = {}, {}, {}
        self._enter()

    def _one(self):
        dice = self.rng.random()
        if dice < 0.2:
            self._enter()
        elif dice < 0.6:
            self._adjust(self.rng.choice(list(self.accounts)))
        elif dice < 0.75:
            self._correct(self.rng.choice(self.people))
        elif dice < 0.87:
            self._draft()
        else:
            self._token()

    def _next(self):
        self.made += 1
        return self.made

    def _enter(self):
        """A person, and an enrolment with an account."""
        number = number_of(MINE + 10_000 * self.number + self._next())
        body = {"certificate_kind": "citizen_number", "citizen_number": number, "name": NAME, "pool_code": POOL}

        def find():
            found = self._found("/v1/admin/people/search", {"citizen_number": number})
            return found[0] if found else None

        person_id = self.write(Request(self.operator, "POST", "/v1/admin/people", None, body), find)["person_id"]
        self.people.append(person_id)
        body = {"pool_code": POOL, "scheme": "employee", "account_mode": "with_account", "payer_kind": "self", "started_on": "2026-01-01"}

        def enrolled():
            data = self.get(self.operator, f"/v1/people/{person_id}/enrolments").body["data"]
            assert len(data) <= 1, f"entered twice: {data}"
            return data[0] if data else None

        path = f"/v1/admin/people/{person_id}/enrolments"
        self.enrolments.append(self.write(Request(self.operator, "POST", path, None, body), enrolled)["enrolment_id"])
        [account] = self.get(self.operator, f"/v1/people/{person_id}/accounts").body["data"]
        self.accounts[account["account_id"]] = person_id

    def _found(self, path, body):
        while True:
            answer = self._attempt(Request(self.operator, "POST", path, None, body))
            if answer is not None and answer.is_final:
                assert answer.status == 200, answer
                return answer.body["data"]
            self.patient()

    def _adjust(self, account_id):
        """Proposed with a key; approved, rejected or withdrawn."""
        has = self.balance_fen[account_id]
        takes = has > 0 and self.rng.random() < 0.3
        amount = self.rng.randint(1, has if takes else 5000)
        body = {"part": "current_year", "direction": "debit" if takes else "credit", "amount_fen": amount, "reason": "漏记个人缴费"}
        path = f"/v1/admin/accounts/{account_id}/adjustments"
        proposal = self.write(Request(self.operator, "POST", path, f"{self.mark}-{self._next():07d}", body))
        if self._decide(proposal["proposal_id"], "propose_adjustment") == "approved":
            self.balance_fen[account_id] += -amount if takes else amount
            self.entries[proposal["proposal_id"]] = 1

    def _decide(self, proposal_id, proposed_as):
        decision, by, body, state = self.rng.choice((
            ("approve", self.reviewer, None, "approved"), ("approve", self.reviewer, None, "approved"),
            ("reject", self.reviewer, {"reason": "不对"}, "rejected"), ("withdraw", self.operator, None, "withdrawn")))  # fmt: skip

        def find():
            now = self.get(self.reviewer, f"/v1/admin/proposals/{proposal_id}").body
            return None if now["state"] == "open" else now

        now = self.write(Request(by, "POST", f"/v1/admin/proposals/{proposal_id}/{decision}", None, body), find)
        assert now["state"] == state, now
        self.decided[proposal_id] = (state, {proposed_as: 1, f"{decision}_proposal": 1})
        return state

    def _correct(self, person_id):
        """Another phone each time. A second proposal would be refused while the first waits, so there is never more than one."""
        path, reason = f"/v1/admin/people/{person_id}/corrections", f"{self.mark}-{self._next()}"
        body = {"phone": f"139{self.made:08d}", "reason": reason}

        def find():
            data = self.get(self.reviewer, f"/v1/admin/proposals?person_id={person_id}&limit=20").body["data"]
            return next((row for row in data if row["reason"] == reason), None)

        self._decide(self.write(Request(self.operator, "POST", path, None, body), find)["proposal_id"], "propose_correction")

    def _draft(self):
        """One that was looked for too early, and so was drafted twice, is as good as the first: versions do no harm until approved."""
        plan = f"plan_{self.storm.seed}_{self._next()}"
        path = "/v1/admin/credit-policies"

        def find():
            data = self.get(self.policy, f"{path}?region_code={POOL}&plan_code={plan}").body["data"]
            return data[-1] if data else None

        made = self.write(Request(self.policy, "POST", path, None, {**POLICY, "plan_code": plan}), find)
        self.policies[made["policy_id"]] = plan

    def _token(self):
        """Its text is told once: where that did not arrive it is found by its label, and revoked."""
        label, told = f"{self.mark}-{self._next()}", []
        body = {"kind": "staff", "label": label, "roles": ["auditor"], "regions": [POOL]}

        def find():
            data = self.get(self.security, "/v1/admin/tokens?kind=staff&active=true&limit=100").body["data"]
            return next((row for row in data if row["label"] == label), None)

        made = self.write(Request(self.security, "POST", "/v1/admin/tokens", None, body), find)
        token_id = made["token_id"]
        if "token" in made:
            told.append(made["token"])
            self.secrets.append(made["token"])
        self.tokens[token_id] = told
        if not told or self.rng.random() < 0.5:
            self.write(Request(self.security, "DELETE", f"/v1/admin/tokens/{token_id}"))
            self.revoked[token_id] = told

    def check(self):
        seen = dict(self.rows("SELECT person_id::text, count(*) FROM person WHERE person_id = ANY (%s::uuid[]) GROUP BY 1", self.people))
        self.once("people entered", seen, dict.fromkeys(self.people, 1))
        self._on_record("create_person", self.people)
        self._on_record("create_enrolment", self.enrolments)
        self._on_record("create_credit_policy", self.policies)
        self._on_record("create_token", self.tokens)
        self._on_record("revoke_token", self.revoked)
        self._check_decided()
        self._check_money()
        self._check_tokens()

    def _on_record(self, action, things):
        self.once(f"{action} on record", dict(self.rows(EVENTS, action, list(things))), dict.fromkeys(things, 1))

    def _check_decided(self):
        ids = list(self.decided)
        states = dict(self.rows("SELECT proposal_id::text, state FROM proposal WHERE proposal_id = ANY (%s::uuid[])", ids))
        self.once("proposals decided", states, {proposal_id: state for proposal_id, (state, _) in self.decided.items()})
        events = {proposal_id: {} for proposal_id in ids}
        for proposal_id, action, times in self.rows(
            "SELECT coalesce(detail ->> 'proposal_id', object_id::text), action, count(*) FROM audit_event"
            " WHERE coalesce(detail ->> 'proposal_id', object_id::text) = ANY (%s) AND action <> 'get_proposal'"
            f" AND {FIRST} GROUP BY 1, 2", ids):  # fmt: skip
            events[proposal_id][action] = times
        self.once("decisions on record", events, {proposal_id: expected for proposal_id, (_, expected) in self.decided.items()})
        waiting = self.rows("SELECT proposal_id::text FROM proposal WHERE state = 'open' AND kind IN ('post_adjustment', 'correct_person')")
        assert not waiting, f"nobody knows of {waiting}"

    def _check_money(self):
        balances = dict(self.rows(
            "SELECT account_id::text, current_year_fen + carried_over_fen FROM account WHERE account_id = ANY (%s::uuid[])",
            list(self.accounts)))  # fmt: skip
        self.once("balances of staff's people", balances, {account_id: self.balance_fen[account_id] for account_id in self.accounts})
        posted = dict(self.rows("SELECT operation_id::text, count(*) FROM ledger_entry WHERE kind = 'adjustment'"
                                " AND account_id = ANY (%s::uuid[]) GROUP BY 1", list(self.accounts)))  # fmt: skip
        assert posted == dict(self.entries), f"seed {self.storm.seed}: adjustments posted {posted}, approved {self.entries}"
        self.storm.tally.count["adjustments posted"] += len(posted)

    def _check_tokens(self):
        """Those that were told work at every server, and the revoked ones at none."""
        for token_id, told in self.tokens.items():
            for text in told:
                for port in self.ports:
                    status = self.line.ask(port, Request(self.security.__class__(text), "GET", "/v1/me")).status
                    assert status == (401 if token_id in self.revoked else 200), (token_id, port, status)
