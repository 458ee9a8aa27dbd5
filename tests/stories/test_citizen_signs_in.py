"""A citizen's story: from the card in the hand to forty years of records, and out again."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.harness import money, signing
from tests.harness.signing import bearer, refresh


@pytest.fixture
def wang(demo, door, sms):
    """The employee of the demo, who has never signed in."""
    known = demo.employee
    return signing.Citizen(door, sms, known.person_id, known.name, known.citizen_number, known.card_number, known.phone)


def test_a_citizen_registers_looks_and_leaves(wang, door, door_of, server, sql):
    # Registers with what is in the wallet, and reads the code from the phone.
    session = wang.register("my dog eats rice")
    me = bearer(session)

    # Looks: who am I, what do I have, where does it come from.
    person = door.get("/v1/me", by=me).json()["person"]
    assert person["name_masked"].startswith(wang.name[0]) and wang.name not in str(person)
    accounts = door.get(f"/v1/people/{wang.person_id}/accounts", by=me).json()["data"]
    account_id = next(row["account_id"] for row in accounts if row["status"] == "active")
    balance = door.get(f"/v1/accounts/{account_id}/balance", by=me).json()
    newest, *_ = door.pages(f"/v1/accounts/{account_id}/entries", by=me)
    assert newest["balance_after_fen"] == balance["balance_fen"]
    months = door.pages(f"/v1/people/{wang.person_id}/contributions", by=me, params={"scheme": "employee"})
    assert len(months) > 60

    # The access token gets old; the app goes on by itself, also when a reply is lost on the way.
    refresh(door, session)
    session = refresh(door, session).json()
    assert door.get("/v1/me", by=bearer(session)).status_code == 200

    # At the library: a stranger has been guessing, but a code still gets in.
    library = door_of(server)
    while library.sign_in("a wild guess", **wang.number).status_code != 429:
        pass
    away = wang.sign_in_by_code(library)
    told = library.get("/v1/me/credentials", by=bearer(away)).json()
    assert told["password_set_at"] and "password" in {attempt["kind"] for attempt in told["recent_attempts"]}

    # Somebody may have looked over the shoulder: a new password ends the session at home.
    challenge_id, code = wang.code("/v1/me/sms-codes", library, by=bearer(away))
    body = {"new_password": "my cat eats fish", "challenge_id": challenge_id, "code": code}
    assert library.put("/v1/me/password", by=bearer(away), json=body).status_code == 204
    door.wait_for_status("/v1/me", bearer(session), 401)
    home = wang.sign_in("my cat eats fish")

    # A PIN for the hotline; then out, everywhere.
    body = {"new_pin": "739204", "current_password": "my cat eats fish"}
    assert door.put("/v1/me/pin", by=bearer(home), json=body).status_code == 204
    assert len(door.get("/v1/me/sessions", by=bearer(home)).json()["data"]) == 2
    assert door.delete("/v1/me/sessions", by=bearer(home)).status_code == 204
    door.wait_for_status("/v1/me", bearer(away), 401)
    door.wait_for_status("/v1/me", bearer(home), 401)

    # What the auditor finds of it, without anything personal in it.
    rows = sql.execute(
        "SELECT action, detail::text FROM audit_event WHERE person_key = %s AND actor_kind = 'citizen'",
        [money.key_of(wang.person_id)],
    ).fetchall()
    assert {action for action, _ in rows} >= {
        "confirm_registration", "sign_in_with_code", "sign_in_with_password", "set_my_password", "set_my_pin",
        "end_my_sessions",
    }  # fmt: skip
    assert not any(secret in str(rows) for secret in (wang.name, wang.phone, wang.citizen_number, wang.card_number))
