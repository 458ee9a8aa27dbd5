"""Citizens in a storm: they sign in, look at their own, refresh and end their sessions, and what has ended stays ended."""
# SPDX-License-Identifier: Apache-2.0
import collections

from tests.faults.asking import Request
from tests.faults.offices import Office
from tests.faults.world import NAME, POOL, Staff, number_of
from tests.harness.server import wait_until
from tests.harness.sms import Sms, code_of
from tools.demo_data import ENROLMENT_HEADER

FIRST = 250_000  # numbers of people whom nobody else enters
PASSWORD = "four brown foxes"


class Citizens(Office):
    """One citizen after the other; the storm's servers write their text messages into `sms.jsonl` of the world's directory."""

    people = 5

    def prepare(self):
        self.sms = Sms(self.world.directory / "sms.jsonl")
        self.secrets.append(PASSWORD)
        self.ended = collections.deque(maxlen=50)
        lines = [f"{number_of(FIRST + n)},{NAME},{1590000_0000 + n},DOOR{n:05d}X,{POOL},employee,active,with_account,self,,2020-01-01,,\n"
                 for n in range(self.people)]  # fmt: skip
        path = self.world.directory / f"{self.mark}-citizens.csv"
        path.write_text(ENROLMENT_HEADER + "".join(lines), encoding="utf-8")
        self.world.run("import", "enrolments", path)
        for n in range(self.people):
            self._register(n)

    def _register(self, n):
        body = {"name": NAME, "citizen_number": number_of(FIRST + n), "card_number": f"DOOR{n:05d}X"}
        asked = Request(None, "POST", "/v1/registrations", None, body)
        mark = self.sms.mark()
        challenge = self.write(asked)["challenge_id"]
        code = code_of(wait_until(lambda: next((m for m in self.sms.all()[mark:] if m["to"] == str(1590000_0000 + n)), None), "a message"))
        self.write(Request(None, "POST", f"/v1/registrations/{challenge}/confirm", None, {"code": code, "password": PASSWORD}))

    def _one(self):
        number = number_of(FIRST + self.rng.randrange(self.people))
        session = self._signed_in({"citizen_number": number, "password": PASSWORD})
        me = self._of(session, "GET", "/v1/me")
        assert me.body["person_id"] == session["person_id"], me
        if self.rng.random() < 0.5:
            asked = Request(None, "POST", "/v1/sessions/refresh", None, {"refresh_token": session["refresh_token"]})
            answer = self._attempt(asked)
            if answer is not None and answer.status == 201:
                session = {**session, **answer.body}
                self._keep(session)
        if self._of(session, "DELETE", f"/v1/me/sessions/{session['session_id']}", allowed=(204, 401)).status == 204:
            self.ended.append(session["access_token"])
        self.tally.count["sessions"] += 1

    def _signed_in(self, body):
        """Another session where the answer to the first did not arrive."""
        session = self.write(Request(None, "POST", "/v1/sign-in/password", None, body))
        self._keep(session)
        return session

    def _keep(self, session):
        if len(self.secrets) < 200:
            self.secrets += [session["access_token"], session["refresh_token"]]

    def _of(self, session, method, path, allowed=(200,)):
        """The final answer to whoever has the session; that it has ended is right where an earlier attempt may have ended it."""
        while True:
            answer = self._attempt(Request(Staff(session["access_token"]), method, path))
            if answer is not None and answer.is_final:
                assert answer.status in allowed, (method, path, answer)
                return answer
            self.patient()

    def check(self):
        """Whoever has ended a session is not let in with it by any server."""
        for token in self.ended:
            for port in self.ports:
                assert self.line.ask(port, Request(Staff(token), "GET", "/v1/me")).status == 401
