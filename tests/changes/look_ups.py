"""Staff, clients, citizens and imports that all look people up by number, on two servers, and count what goes wrong."""
# SPDX-License-Identifier: Apache-2.0
import collections
import concurrent.futures
import csv
import subprocess
import threading
import time

from tests.harness import consenting, entering, proposals
from tests.harness.client import Client
from tests.harness.crowd import Crowd
from tests.harness.database import BINARY
from tests.harness.signing import PASSWORD, Citizen, Door

SEARCH = "/v1/admin/people/search"
PATIENCE_S = 120
ROWS = 20
JOBS = ("enter", "seek", "correct", "ask", "sign_in", "bring")


class LookUps(Crowd):
    """`lost`: answers nobody should get; `missed`: who was there and was not found; `doubled`: entered twice."""

    def __init__(self, servers, contract, deployment, client, directory):
        super().__init__(len(JOBS))
        self.servers, self.contract, self.deployment, self.client = servers, contract, deployment, client
        self.operator, self.reviewer = deployment.demo.staff("operator"), deployment.demo.staff("reviewer")
        self.directory = directory
        self.seen = collections.Counter()
        self.lost, self.missed, self.doubled = [], [], []
        self.known = []  # (number, card or None, person_id)
        self.numbers = threading.Lock()

    def api(self, turn):
        api = Client(self.servers[turn % len(self.servers)], self.contract)
        api.http.event_hooks["response"].append(lambda _: self.seen.update(requests=1))
        return api

    def fresh(self, count=1):
        with self.numbers:
            return [entering.fresh_number() for _ in range(count)]

    def run(self, number):
        job = getattr(self, JOBS[number])
        apis = [self.api(0), self.api(1)]
        turn = 0
        while not self.stop.is_set():
            try:
                job(apis, turn)
                self.seen[job.__name__] += 1
            except Exception as error:  # whatever it is, it is told at the end
                self.lost.append(f"{job.__name__}: {error!r}")
            turn += 1

    def find(self, api, **number):
        response = api.post(SEARCH, by=self.operator, json=number)
        while response.status_code == 503 and not self.stop.is_set():  # nothing was done: the machine is too busy for all of them
            self.seen["busy"] += 1
            response = api.post(SEARCH, by=self.operator, json=number)
        assert response.status_code == 200, response.text
        return [(row["person_id"], row["matched_by"]) for row in response.json()["data"]]

    def expect(self, api, person_id, **number):
        (kind,) = number
        if self.find(api, **number) != [(person_id, kind)]:
            self.missed.append((kind, person_id))

    def enter(self, apis, turn):
        """The same person by two at once: one has made it, the other is told so."""
        (number,), card = self.fresh(), entering.fresh_card() if turn % 2 else None
        body = entering.new_person(citizen_number=number, card_number=card)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda api: api.post(entering.PEOPLE, by=self.operator, json=body), apis))
        if sorted(answer.status_code for answer in answers) != [201, 409]:
            self.doubled.append([answer.text for answer in answers])
            return
        made = next(answer.json() for answer in answers if answer.status_code == 201)
        self.expect(apis[turn % 2], made["person_id"], citizen_number=number)
        self.known.append((number, card, made["person_id"]))

    def seek(self, apis, turn):
        """Those of the demo, and those who were entered since."""
        citizen = self.deployment.demo.citizens[turn % len(self.deployment.demo.citizens)]
        self.expect(apis[turn % 2], citizen.person_id, citizen_number=citizen.citizen_number)
        for number, card, person_id in self.known[-2:] + self.known[:2]:
            self.expect(apis[(turn + 1) % 2], person_id, citizen_number=number)
            if card:
                self.expect(apis[turn % 2], person_id, card_number=card)

    def propose(self, api, person_id, **values):
        url = f"/v1/admin/people/{person_id}/corrections"
        response = api.post(url, by=self.operator, json={"reason": "更正", **values})
        assert response.status_code == 201, response.text
        return response.json()["proposal_id"]

    def correct(self, apis, turn):
        """Proposed at one, approved at the other; the old number still tells who had it."""
        old, new = self.fresh(2)
        person_id = entering.create(apis[0], self.operator, citizen_number=old, phone="13800005678").json()["person_id"]
        changes = {"citizen_number": new, "name": f"钱多{turn}", "card_number": entering.fresh_card()}
        proposal_id = self.propose(apis[turn % 2], person_id, **changes)
        proposals.approve(apis[(turn + 1) % 2], proposal_id, self.reviewer)
        self.expect(apis[turn % 2], person_id, citizen_number=new)
        if self.find(apis[turn % 2], citizen_number=old) != [(person_id, "former_number")]:
            self.missed.append(("former", person_id))
        self.known.append((new, None, person_id))

    def ask(self, apis, turn):
        """A client asks twice under one reference: it is the same request, and reaches the person."""
        (number,) = self.fresh()
        person = entering.create(apis[turn % 2], self.operator, citizen_number=number).json()
        citizen = Citizen(None, None, person["person_id"], "钱多多", number, None, None)
        body = consenting.asked_of(citizen)
        answers = [api.post(consenting.REQUESTS, by=self.client, json=body) for api in apis]
        assert [answer.status_code for answer in answers] == [201, 201], [answer.text for answer in answers]
        asked = {answer.json()["consent_request_id"] for answer in answers}
        if len(asked) != 1 or not self.reaches(asked.pop(), person["person_id"]):
            self.missed.append(("consent", person["person_id"]))

    def reaches(self, request_id, person_id):
        with self.deployment.connect() as connection:
            return connection.execute(
                "SELECT 1 FROM consent_request JOIN person USING (person_key)"
                " WHERE consent_request_id = %s AND person_id = %s", [request_id, person_id]).fetchone()  # fmt: skip

    def sign_in(self, apis, turn):
        with Door(self.servers[turn % 2], self.contract).http as http:
            response = http.post("/v1/sign-in/password", json={**self.signer, "password": PASSWORD})
        assert response.status_code == 201, response.text

    def bring(self, apis, turn):
        """A file of new people, and the same again."""
        path, numbers = self.directory / f"people-{turn}.csv", self.fresh(ROWS)
        with path.open("w", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(("citizen_number", "name", "pool_code", "scheme", "started_on", "card_number", "phone"))
            rest = ("钱多多", "620500", "employee", "2015-01-01")
            rows.writerows((number, *rest, entering.fresh_card(), "13800005678") for number in numbers)
        said = [self.import_file(path) for _ in range(2)]
        assert f"{ROWS} stored, 0 unchanged" in said[0] and f"0 stored, {ROWS} unchanged" in said[1], said
        if self.find(apis[turn % 2], citizen_number=numbers[0]) == []:
            self.missed.append(("imported", numbers[0]))

    def import_file(self, path):
        done = subprocess.run(
            [str(BINARY), "import", "enrolments", str(path)],
            env=self.deployment.environment, capture_output=True, text=True, timeout=PATIENCE_S)  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def wait_for(self, rounds):
        """Until each has done so many more."""
        end, target = time.monotonic() + PATIENCE_S, {job: self.seen[job] + rounds for job in JOBS}
        while any(self.seen[job] < count for job, count in target.items()):
            assert time.monotonic() < end, (self.seen, self.lost[:3])
            time.sleep(0.05)

    def check(self):
        faults = self.lost, self.missed, self.doubled
        assert faults == ([], [], []), (self.seen, *(some[:3] for some in faults))
