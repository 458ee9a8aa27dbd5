"""Passwords and PINs: judged, changed, and what a change ends."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures

from tests.db.signing import (
    MINUTE, START, add_citizen, asks, begin, call, count, digest, ends, registered, set_secret, sets, sign_in,
    statuses, tries, with_password, works,
)  # fmt: skip


def test_a_new_password_ends_the_other_sessions(owner, citizen):
    first = registered(owner, citizen)
    second = registered(owner, citizen, at=START + MINUTE)
    assert works(owner, first["token_hash"]) and works(owner, second["token_hash"])
    epoch = "SELECT sum(version) FROM token_epoch"
    before = owner.execute(epoch).fetchone()[0]
    third = registered(owner, citizen, at=START + 2 * MINUTE, **with_password("pw"))
    assert [works(owner, s["token_hash"]) for s in (first, second, third)] == [False, False, True]
    assert owner.execute(epoch).fetchone()[0] > before
    assert count(owner, "session", "end_reason = 'password_changed'") == 2


def test_passwords(owner, citizen):
    registered(owner, citizen, **with_password("pw"))
    nobody = {"person_key": None}
    members = [tries(citizen, "pw"), tries(citizen, "bad"), tries(citizen, "pw", salt=bytes(16)), tries(citizen, "pw", **nobody)]
    assert statuses(sign_in(owner, *members)) == ["open", "wrong", "wrong", "wrong"]
    again = sign_in(owner, members[0])
    assert statuses(again) == ["open"] and count(owner, "session", "method = 'password'") == 1
    owner.execute("DELETE FROM registration")
    assert statuses(sign_in(owner, tries(citizen, "pw"))) == ["wrong"], "registered people only"


def test_parallel_guesses_are_not_more_than_the_limit(owner, citizen, cluster, migrated):
    registered(owner, citizen, **with_password("pw"))

    def guess(n):
        with cluster.connect(migrated.database, "owner", options="-c role=yibao_app") as connection:
            return statuses(sign_in(connection, tries(citizen, f"guess {n}", source="elsewhere")))[0]

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        results = list(pool.map(guess, range(60)))
    assert results.count("wrong") == 5 and results.count("closed") == 55
    assert statuses(sign_in(owner, tries(citizen, "pw", source="elsewhere"))) == ["closed"]
    assert statuses(sign_in(owner, tries(citizen, "pw", source="home"))) == ["open"]
    assert count(owner, "audit_event", "action = 'lock_out'") == 1


def test_setting_a_secret_needs_a_proof(owner, citizen):
    other = add_citizen(owner)
    registered(owner, citizen, **with_password("pw"))
    proof = {"proof_salt": digest("salt")[:16], "proof_hash": digest("pw")}
    wrong = {**proof, "proof_hash": digest("bad")}
    assert set_secret(owner, sets(citizen), sets(citizen, **wrong), sets(other, **proof)) == ["wrong"] * 3
    assert set_secret(owner, sets(citizen, is_ready=False, **proof)) == ["right"]
    assert set_secret(owner, sets(citizen, "pin", **proof), sets(citizen, **proof)) == ["set", "set"]
    assert set_secret(owner, sets(citizen, **proof)) == ["wrong"], "that was the old one"
    assert count(owner, "credential", "kind = 'pin'") == 1
    assert statuses(sign_in(owner, tries(citizen, "new"))) == ["open"]


def test_a_step_up_code_is_the_persons_own(owner, citizen):
    other = add_citizen(owner)
    asked = {**asks(citizen, "step_up"), "citizen_hash": None, "card_hash": None, "signed_in_key": citizen.key}
    assert begin(owner, asked) == ["begun"]
    proof = {"challenge_id": asked["challenge_id"], "code_hash": asked["code_hash"]}
    assert set_secret(owner, sets(other, **proof)) == ["wrong"], "somebody else's"
    assert set_secret(owner, sets(citizen, **{**proof, "code_hash": digest("bad")})) == ["wrong"]
    good = sets(citizen, **proof)
    assert set_secret(owner, sets(citizen, **proof, is_ready=False), good, sets(citizen, **proof)) == ["right", "set", "wrong"]
    assert set_secret(owner, good) == ["set"], "the same call again"
    silent = add_citizen(owner, phone=False)
    nobody = {**asks(silent, "step_up"), "citizen_hash": None, "card_hash": None, "signed_in_key": silent.key}
    assert begin(owner, nobody) == ["no_phone"]


def test_a_new_password_keeps_the_session_it_was_set_in(owner, citizen):
    old, own = registered(owner, citizen, **with_password("pw")), None
    own = registered(owner, citizen, at=START + MINUTE)
    (token_id,) = owner.execute("SELECT token_id FROM token WHERE token_hash = %s", [own["token_hash"]]).fetchone()
    proof = {"proof_salt": digest("salt")[:16], "proof_hash": digest("pw")}
    assert set_secret(owner, sets(citizen, "pin", token_id=token_id, **proof)) == ["set"]
    assert works(owner, old["token_hash"]), "a PIN ends nothing"
    assert set_secret(owner, sets(citizen, token_id=token_id, **proof)) == ["set"]
    assert not works(owner, old["token_hash"]) and works(owner, own["token_hash"])


def test_a_sign_in_under_way_does_not_survive_a_new_password(owner, citizen, cluster, migrated):
    registered(owner, citizen, **with_password("pw"))
    proof = {"proof_salt": digest("salt")[:16], "proof_hash": digest("pw")}
    member = tries(citizen, "pw")
    with cluster.connect(migrated.database, "owner") as slow, concurrent.futures.ThreadPoolExecutor(1) as pool:
        with slow.transaction():
            assert statuses(sign_in(slow, member)) == ["open"]
            waiting = pool.submit(set_secret, owner, sets(citizen, **proof))
            while not slow.execute("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'").fetchall():
                pass
        assert waiting.result() == ["set"]
    assert not works(owner, member["token_hash"])
