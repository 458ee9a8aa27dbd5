"""What lies in the memory of a server that has just signed somebody in: no password, code or citizen number in clear, no master key."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import http.client
import json
import pathlib
import uuid

from tests.harness import entering
from tests.harness.sanitizer import without_sanitizer
from tests.harness.signing import bearer

pytestmark = without_sanitizer  # which maps terabytes


def memory_of(pid):
    """All that can be written, in pieces as it lies: (name of the mapping, first address, bytes)."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            fields = line.split()
            if "w" not in fields[1]:
                continue
            first, last = (int(part, 16) for part in fields[0].split("-"))
            memory.seek(first)
            piece = bytearray()
            while len(piece) < last - first:
                more = memory.read(min(1 << 20, last - first - len(piece)))
                if not more:
                    break
                piece += more
            yield fields[5] if len(fields) > 5 else "anonymous", first, bytes(piece)


def found(pid, secrets):
    """name of the secret → where it lies, with what lies around it."""
    places = {}
    for mapping, first, piece in memory_of(pid):
        for name, secret in secrets.items():
            at = piece.find(secret)
            while at >= 0:
                around = piece[max(0, at - 48) : at + len(secret) + 32]
                places.setdefault(name, []).append(f"{mapping} {first + at:x} {around!r}")
                at = piece.find(secret, at + 1)
    return places


def ask(server, method, path, body=None, **headers):
    """A request over a connection of its own, which ends with it."""
    with contextlib.closing(http.client.HTTPConnection(server.host, server.port, timeout=30)) as connection:
        connection.request(method, path, body=None if body is None else json.dumps(body), headers={"Connection": "close", **headers})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def test_nothing_secret_is_left_of_a_sign_in(start_server, door_of, citizen):
    server = start_server({"YIBAO_REACTORS": "1", "YIBAO_TOKEN_CACHE_MS": "0"})
    door = door_of(server)
    password = f"Kranich-{uuid.uuid4()}"
    challenge_id, code = citizen.code("/v1/registrations", door, **citizen.triple)
    first = citizen.confirm(challenge_id, code, password, door)  # its connection stays open
    json_type = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    status, second = ask(server, "POST", "/v1/sign-in/password", {**citizen.number, "password": password}, **json_type)
    assert status == 201
    status, me = ask(server, "GET", "/v1/me", Authorization=f"Bearer {second['access_token']}")
    assert status == 200 and me["person_id"] == citizen.person_id
    assert door.get("/v1/me", by=bearer(first)).status_code == 200
    key = pathlib.Path(server.environment["YIBAO_MASTER_KEY_FILE"]).read_text(encoding="ascii").strip()
    secrets = {
        "master key": bytes.fromhex(key),
        "its hexadecimal text": key.encode(),
        "password": password.encode(),
        "code": b'"' + code.encode() + b'"',
        "citizen number": citizen.citizen_number.encode(),
        "card number": citizen.card_number.encode(),
        "phone": citizen.phone.encode(),
        "name": citizen.name.encode(),
        **{f"{name} of session {number}": session[name].encode() for number, session in enumerate((first, second))
           for name in ("access_token", "refresh_token")},
    }  # fmt: skip
    assert found(server.process.pid, secrets) == {}
    public = {"path of the spool": server.environment["YIBAO_SPOOL_DIR"].encode()}
    assert found(server.process.pid, public) != {}, "the search finds nothing at all"


def test_nothing_secret_is_left_of_what_staff_and_hotline_ask(start_server, client_of, demo, new_token, hotline, new_caller):
    server = start_server({"YIBAO_REACTORS": "1", "YIBAO_TOKEN_CACHE_MS": "0", "YIBAO_SERVE_WORKS": "no"})
    api, pin = client_of(server), "730284"
    operator = new_token("staff", roles=["operator"], regions=["000000"])
    body = entering.new_person(card_number=entering.fresh_card(), phone="13979531864", name="欧阳无痕")
    person_id = api.post(entering.PEOPLE, by=operator, json=body).json()["person_id"]
    (match,) = api.post(f"{entering.PEOPLE}/search", by=operator, json={"citizen_number": body["citizen_number"]}).json()["data"]
    assert match["person_id"] == person_id
    fields = ["citizen_number", "name", "phone", "bank_card"]
    shown = api.post(f"/v1/people/{person_id}/disclosures", by=operator, json={"fields": fields, "purpose": "complaint",
                                                                               "note": "第三号投诉"}).json()
    assert shown["citizen_number"] == body["citizen_number"]
    made = api.post("/v1/admin/tokens", by=demo.admin, json={"kind": "staff", "label": "x", "roles": ["operator"],
                                                             "regions": ["620500"]}).json()
    caller = new_caller(pin)
    caller.api = api
    assert caller.call().status_code in (200, 404)
    secrets = {name: body[name].encode() for name in ("citizen_number", "card_number", "phone", "name")}
    secrets |= {"token made": made["token"].encode(), "token of staff": operator.token.encode(),
                "token of the hotline": hotline.token.encode(),
                "PIN": pin.encode(), "number keyed in": caller.number.encode()}  # fmt: skip
    assert found(server.process.pid, secrets) == {}
