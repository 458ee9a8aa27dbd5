"""Reads in a storm: every answer is right, in the order in which things happened, and each look is on record."""
# SPDX-License-Identifier: Apache-2.0
from tests.faults.asking import Request
from tests.faults.offices import Office

PAGE = 40
PAGES = 5


class Reader(Office):
    """Asks for what nobody changes, whose answers are known, and for what changes all the time, whose answers must fit together."""

    def prepare(self):
        self.auditor = self.staff("auditor")
        self.quiet = self.world.accounts[-5:]
        self.newest = {}  # account → the last number of its entries that was seen
        self.looks = []  # ids of requests that were answered with somebody's data
        self.known = {path: self.get(self.auditor, path).body for path in self._quiet_paths()}

    def _quiet_paths(self):
        people = self.rows("SELECT account_id::text, person_id::text FROM account WHERE account_id = ANY (%s::uuid[])", self.quiet)
        for account_id, person_id in people:
            for path in (f"accounts/{account_id}", f"accounts/{account_id}/balance", f"accounts/{account_id}/entries",
                         f"people/{person_id}", f"people/{person_id}/enrolments", f"people/{person_id}/contributions",
                         f"accounts/{account_id}/pending"):
                yield f"/v1/{path}"
        yield "/v1/regions?limit=20"
        yield "/v1/charge-rules?region=620500"

    def _one(self):
        dice = self.rng.random()
        if dice < 0.5:
            path = self.rng.choice(list(self.known))
            body = self._look(path)
            assert body == self.known[path], f"{path}: {body}, must be {self.known[path]}"
        elif dice < 0.75:
            self._walk(self.rng.choice(self.storm.accounts))
        else:
            self._balance(self.rng.choice(self.storm.accounts))

    def _look(self, path):
        """One attempt, as often as it takes: each is 200 and right, or 503, or cut off with a server that died."""
        while True:
            answer = self._attempt(Request(self.auditor, "GET", path))
            if answer is not None and answer.is_final:
                assert answer.status == 200, f"{path}: {answer}"
                if not path.startswith(("/v1/regions", "/v1/charge-rules")):
                    self.looks.append(answer.request_id)
                self.tally.count["right answers"] += 1
                return answer.body
            self.patient()

    def _walk(self, account_id):
        """Pages of entries, newest first: no gap, each balance that of the entry before, and never less than was seen already."""
        path, seen, floor = f"/v1/accounts/{account_id}/entries?limit={PAGE}", [], self.newest.get(account_id, 0)
        for _ in range(PAGES):
            page = self._look(path)
            seen += page["data"]
            if not page["has_more"]:
                assert seen[-1]["seq"] == 1, f"{account_id}: the entries end with {seen[-1]}"
                break
            path = f"/v1/accounts/{account_id}/entries?limit={PAGE}&cursor={page['next_cursor']}"
        assert seen[0]["seq"] >= floor, f"{account_id}: entry {floor} was there, and now the newest is {seen[0]['seq']}"
        self.newest[account_id] = seen[0]["seq"]
        for newer, older in zip(seen, seen[1:]):
            signed = newer["amount_fen"] if newer["direction"] == "credit" else -newer["amount_fen"]
            assert newer["seq"] == older["seq"] + 1 and newer["balance_after_fen"] == older["balance_after_fen"] + signed, (older, newer)

    def _balance(self, account_id):
        told = self._look(f"/v1/accounts/{account_id}/balance")
        assert told["balance_fen"] == told["current_year_fen"] + told["carried_over_fen"] >= told["held_fen"] >= 0, told
        assert told["available_fen"] == told["balance_fen"] - told["held_fen"], told

    def check(self):
        """Whoever was shown something about a person is on record with that request."""
        rows = self.rows("SELECT request_id, count(*) FROM audit_event WHERE request_id = ANY (%s) GROUP BY request_id", self.looks)
        self.once("looks on record", dict.fromkeys((request_id for request_id, _ in rows), True), dict.fromkeys(self.looks, True))
