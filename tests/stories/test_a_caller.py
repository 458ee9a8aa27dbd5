"""The hotline's story: a PIN is set, the balance is heard, keys are mistyped, and only that telephone has to wait."""
# SPDX-License-Identifier: Apache-2.0
from tests.harness.people import Principal
from tests.harness.problems import check_problem
from tests.harness.sms import code_of
from tests.property.spoken_reference import heard_zh

PASSWORD, PIN = "seven grey herons", "739204"
HOME, NEIGHBOUR = "13902000007", "09388211234"


def test_from_pin_to_balance_to_a_closed_line(api, demo, sms, new_token):
    person = demo.citizen("moved")

    # The agency has registered the hotline; nobody has a PIN yet.
    hotline = new_token("client", client_kind="hotline")

    def call(pin, phone, path="balance", number=person.citizen_number, **headers):
        keyed_in = {"Caller-Number": number.replace("X", "*"), "Caller-Pin": pin, "Caller-Phone": phone}
        return api.get(f"/v1/hotline/{path}", by=hotline, headers={**keyed_in, **headers})

    check_problem(call(PIN, HOME), 403, "caller_unverified")

    # The citizen registers, with a code by text message, and sets a PIN.
    before = sms.mark()
    numbers = {"citizen_number": person.citizen_number, "card_number": person.card_number}
    asked = api.post("/v1/registrations", json={"name": person.name, **numbers}).json()
    code = code_of(sms.wait(person.phone, since=before))
    confirm = f"/v1/registrations/{asked['challenge_id']}/confirm"
    session = api.post(confirm, json={"code": code, "password": PASSWORD}).json()
    me = Principal(session["access_token"], "citizen")
    assert api.request("PUT", "/v1/me/pin", by=me, json={"new_pin": PIN, "current_password": PASSWORD}).status_code == 204

    # They call, and hear what their app shows; the second account is the one they left behind when they moved.
    heard = call(PIN, HOME).json()
    accounts = api.get(f"/v1/people/{session['person_id']}/accounts", by=me).json()["data"]
    balances = {a["status"]: api.get(f"/v1/accounts/{a['account_id']}/balance", by=me).json()["balance_fen"] for a in accounts}
    first, rest = heard["text"].rstrip("。").split("。")
    assert heard_zh(first.split("余额是")[1]) == balances.pop("active")
    assert heard_zh(rest.split("余额是")[1]) == sum(balances.values()) > 0
    assert call(PIN, HOME, "contributions").json()["months_paid"] == 12
    english = call(PIN, HOME, **{"Accept-Language": "en", "Accept": "text/plain"}).text
    assert english.startswith("The balance of your personal medical insurance account is ")

    # Somebody else mistypes, or guesses, from another telephone: that one has to wait, even with the right PIN.
    for guess in ("111222", "123321", "739205", "739203", "000000"):
        check_problem(call(guess, NEIGHBOUR), 403, "caller_unverified")
    closed = call(PIN, NEIGHBOUR)
    check_problem(closed, 429, "too_many_attempts")
    assert int(closed.headers["Retry-After"]) > 0

    # The citizen's own telephone still works, and so does signing in elsewhere.
    assert call(PIN, HOME).status_code == 200
    assert api.post("/v1/sign-in/password", json={**numbers, "password": PASSWORD}).status_code == 201

    # They read that the hotline spoke to them, and what was tried in vain.
    log = api.get("/v1/me/access-log", by=me, headers={"Accept-Language": "zh"}).json()["data"]
    spoken = [event["text"] for event in log if event["client_kind"] == "hotline"]
    assert spoken == ["在电话热线播报了您的个人账户余额"] * 2 + ["在电话热线播报了您的缴费记录", "在电话热线播报了您的个人账户余额"]
    tried = api.get("/v1/me/credentials", by=me).json()["recent_attempts"]
    assert [(t["kind"], t["source_kind"], t["is_known_source"]) for t in tried][:5] == [("pin", "phone", False)] * 5
