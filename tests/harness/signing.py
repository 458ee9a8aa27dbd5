"""Citizens who sign in by themselves, each from a place of their own."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import itertools

import httpx
from tests.harness import entering
from tests.harness.client import Client
from tests.harness.people import Principal
from tests.harness.server import PATIENCE_S
from tests.harness.sms import code_of

PASSWORD = "four brown foxes"
places = itertools.count(1)
phones = itertools.count(15900000000)
cards = itertools.count(1)


class Door(Client):
    """The API as seen from one source: 127.x.y.1 of a /24 of its own."""

    def __init__(self, server, contract, place=None):
        super().__init__(server, contract)
        number = place or next(places)
        transport = httpx.HTTPTransport(local_address=f"127.{100 + number // 250}.{number % 250 + 1}.1", verify=False)
        self.http.close()
        self.http = httpx.Client(base_url=server.base_url, timeout=PATIENCE_S, transport=transport)

    def sign_in(self, password, **numbers):
        return self.post("/v1/sign-in/password", json={**numbers, "password": password})


@dataclasses.dataclass
class Citizen:
    """Somebody on record who has not registered yet; `door` is where they sit."""

    door: Door
    sms: object
    person_id: str
    name: str
    citizen_number: str
    card_number: str
    phone: str

    @property
    def triple(self):
        return {"name": self.name, "citizen_number": self.citizen_number, "card_number": self.card_number}

    @property
    def number(self):
        return {"citizen_number": self.citizen_number}

    def code(self, path, door=None, by=None, **body):
        """(challenge_id, code) of a message that is asked for."""
        mark = self.sms.mark()
        response = (door or self.door).post(path, by=by, **({"json": body} if body else {}))
        assert response.status_code == 202, response.text
        return response.json()["challenge_id"], code_of(self.sms.wait(self.phone, since=mark))

    def register(self, password=PASSWORD, door=None):
        """The session that confirming gives."""
        challenge_id, code = self.code("/v1/registrations", door, **self.triple)
        return self.confirm(challenge_id, code, password, door=door)

    def confirm(self, challenge_id, code, password=None, door=None, status=201):
        body = {"code": code, **({"password": password} if password else {})}
        response = (door or self.door).post(f"/v1/registrations/{challenge_id}/confirm", json=body)
        assert response.status_code == status, response.text
        return response.json()

    def sign_in(self, password=PASSWORD, door=None, status=201):
        response = (door or self.door).sign_in(password, **self.number)
        assert response.status_code == status, response.text
        return response.json()

    def sign_in_by_code(self, door=None):
        challenge_id, code = self.code("/v1/sign-in/codes", door, **self.number)
        response = (door or self.door).post("/v1/sign-in/sms", json={"challenge_id": challenge_id, "code": code})
        assert response.status_code == 201, response.text
        return response.json()


def bearer(session):
    return Principal(session["access_token"], "citizen", person_id=session["person_id"])


def refresh(api, session):
    return api.post("/v1/sessions/refresh", json={"refresh_token": session["refresh_token"]})


def new_citizen(api, operator, door, sms, **changes):
    """Enters somebody with a phone and a card by staff."""
    own = {"name": "钱多多", "phone": str(next(phones)), "card_number": f"SIGN{next(cards):06d}"}
    person = entering.new_person(**{**own, **changes})
    person_id = entering.create(api, operator, **{"citizen_number": None, **person}).json()["person_id"]
    return Citizen(door, sms, person_id, person["name"], person.get("citizen_number"), person["card_number"], person.get("phone"))
