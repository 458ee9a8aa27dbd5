"""People who register, sign in, change passwords and call the hotline by PIN at two servers; counts what goes wrong."""
# SPDX-License-Identifier: Apache-2.0
import collections
import itertools
import time

from tests.harness.client import Client
from tests.harness.crowd import Crowd
from tests.harness.server import PATIENCE_S
from tests.harness.signing import PASSWORD, Door, bearer, new_citizen

PIN = "739204"
phones = itertools.count(13700000000)


class Credentials(Crowd):
    """`lost`: what should have succeeded and did not, or the other way round."""

    def __init__(self, servers, contract, operator, hotline, sms):
        self.jobs = (self.live, self.live, self.come_again, self.call)
        super().__init__(len(self.jobs))
        self.servers, self.contract, self.operator, self.hotline, self.sms = servers, contract, operator, hotline, sms
        self.seen, self.lost, self.wrong = collections.Counter(), [], 0
        self.old = self.register(0)
        self.set_pin(self.old, self.old.sign_in(), 1)
        self.phone = str(next(phones))

    def run(self, number):
        job = self.jobs[number]
        for turn in itertools.count():
            if self.stop.is_set():
                return
            try:
                job(turn)
                self.seen[job.__name__] += 1
            except Exception as error:  # whatever it is, it is told at the end
                self.lost.append(f"{job.__name__}: {error!r}")

    def door(self, turn):
        return Door(self.servers[turn % 2], self.contract)

    def register(self, turn):
        """The code is asked for at one server and given to the other."""
        api = Client(self.servers[turn % 2], self.contract)
        person = new_citizen(api, self.operator, self.door(turn), self.sms)
        challenge_id, code = person.code("/v1/registrations", **person.triple)
        person.confirm(challenge_id, code, PASSWORD, self.door(turn + 1))
        return person

    def set_pin(self, person, session, turn):
        body = {"new_pin": PIN, "current_password": PASSWORD}
        response = self.door(turn).put("/v1/me/pin", by=bearer(session), json=body)
        assert response.status_code == 204, response.text

    def live(self, turn):
        """Registers, signs in, changes the password here, is let in there with the new one only."""
        person = self.register(turn)
        session = person.sign_in(door=self.door(turn))
        changed = f"a newer password {turn}"
        body = {"new_password": changed, "current_password": PASSWORD}
        response = self.door(turn).put("/v1/me/password", by=bearer(session), json=body)
        assert response.status_code == 204, response.text
        person.sign_in(changed, self.door(turn + 1))
        person.sign_in(PASSWORD, self.door(turn), status=401)
        self.wrong += 1

    def come_again(self, turn):
        self.old.sign_in(door=self.door(turn))

    def call(self, turn):
        headers = {"Caller-Number": self.old.citizen_number, "Caller-Pin": PIN, "Caller-Phone": self.phone}
        response = self.door(turn).get("/v1/hotline/balance", by=self.hotline, headers=headers)
        assert response.status_code == 200, response.text

    def wait_for(self, rounds):
        """Until each job has been done so many times more."""
        end, target = time.monotonic() + PATIENCE_S, {job.__name__: self.seen[job.__name__] + rounds for job in self.jobs}
        while any(self.seen[job] < count for job, count in target.items()):
            assert time.monotonic() < end, (self.seen, self.lost[:3])
            time.sleep(0.05)
