"""Codes: sent only to whom they belong, single use, races, batches, and what a lost connection repeats."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import dataclasses
import datetime
import uuid

from tests.db.signing import (
    DAY, MINUTE, SET, START, add_citizen, asks, begin, call, count, digest, end, ends, redeem, redeems, refresh,
    refreshes, registered, set_secret, sets, sign_in, statuses, tries, with_password, works,
)  # fmt: skip


def test_a_code_is_sent_only_when_all_three_match(owner, citizen):
    other = add_citizen(owner)
    members = [
        asks(citizen), asks(citizen, name_hash=digest("another name")), asks(citizen, card_hash=digest(other.card)),
        asks(citizen, citizen_hash=digest("nobody")), asks(citizen, card_hash=digest("nobody")),
        asks(add_citizen(owner, phone=False)), asks(citizen, purpose="sign_in"), asks(citizen, name_hash=None),
    ]  # fmt: skip
    for n, member in enumerate(members):
        assert begin(owner, {**member, "subject": digest(n), "target": digest(n)}) == ["begun"]
    assert owner.execute("SELECT outbox_id, person_key FROM outbox").fetchall() == [
        (members[0]["outbox_id"], citizen.key)
    ]
    assert count(owner, "challenge", "person_key IS NOT NULL") == 1 and count(owner, "challenge") == len(members)


def test_redeeming_opens_one_session(owner, citizen):
    asked = asks(citizen)
    begin(owner, asked)
    first = redeems(asked)
    row = redeem(owner, first)[0]
    assert row["status"] == "open" and row["person_id"] == citizen.person_id
    assert row["session_id"].int & ((1 << 62) - 1) == citizen.key and row["session_id"].variant == uuid.RFC_4122
    assert redeem(owner, first)[0] == row, "a lost connection repeats the same call"
    assert statuses(redeem(owner, redeems(asked))) == ["wrong"], "used"
    assert [count(owner, table) for table in ("session", "refresh_token", "token", "registration")] == [1] * 4
    assert owner.execute("SELECT action, actor_kind, person_key FROM audit_event").fetchall() == [
        ("confirm_registration", "citizen", citizen.key)
    ]


def test_a_code_of_nobody_never_succeeds(owner, citizen):
    asked = asks(citizen, name_hash=digest("another name"))
    begin(owner, asked)
    assert statuses(redeem(owner, redeems(asked))) == ["wrong"]
    assert statuses(redeem(owner, redeems(asks(citizen)))) == ["absent"]
    assert count(owner, "session") == 0


def test_five_tries_and_five_minutes(owner, citizen):
    tried, late, wrong_purpose = asks(citizen), asks(citizen, source="b"), asks(citizen, source="c")
    begin(owner, tried, late, wrong_purpose)
    for _ in range(5):
        assert statuses(redeem(owner, redeems(tried, "bad"))) == ["wrong"]
    assert statuses(redeem(owner, redeems(tried))) == ["wrong"]
    assert statuses(redeem(owner, redeems(late, at=START + 5 * MINUTE))) == ["wrong"]
    assert statuses(redeem(owner, redeems(wrong_purpose, purpose="sign_in"))) == ["wrong"]
    assert statuses(redeem(owner, redeems(late, at=START + 5 * MINUTE - datetime.timedelta(seconds=1)))) == ["open"]


def test_a_batch_is_judged_like_one_by_one(owner, citizen):
    asked = asks(citizen)
    begin(owner, asked)
    members = [redeems(asked, "bad") for _ in range(4)] + [redeems(asked)] * 1 + [redeems(asked) for _ in range(3)]
    assert statuses(redeem(owner, *members)) == ["wrong"] * 4 + ["open"] + ["wrong"] * 3
    tried = asks(citizen, source="b")
    begin(owner, tried)
    assert statuses(redeem(owner, *[redeems(tried, "bad") for _ in range(5)], redeems(tried))) == ["wrong"] * 6


def test_a_newer_code_ends_the_older_of_the_same_source_only(owner, citizen):
    old, elsewhere, new = asks(citizen), asks(citizen, source="elsewhere"), asks(citizen)
    for asked in (old, elsewhere, new):
        begin(owner, asked)
    assert statuses(redeem(owner, redeems(old))) == ["wrong"]
    assert statuses(redeem(owner, redeems(elsewhere))) == ["open"]
    assert statuses(redeem(owner, redeems(new))) == ["open"]
    both = asks(citizen, source="b"), asks(citizen, source="b")
    begin(owner, *both)
    assert statuses(redeem(owner, *map(redeems, both))) == ["wrong", "open"]


def test_parallel_confirmations_open_one_session(owner, citizen, cluster, migrated):
    asked = asks(citizen)
    begin(owner, asked)

    def confirm(_):
        with cluster.connect(migrated.database, "owner", options="-c role=yibao_app") as connection:
            return statuses(redeem(connection, redeems(asked)))[0]

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        results = list(pool.map(confirm, range(200)))
    assert results.count("open") == 1 and count(owner, "session") == 1


def test_judging_a_code_does_not_use_it_up(owner, citizen):
    asked = asks(citizen)
    begin(owner, asked)
    assert statuses(redeem(owner, redeems(asked, is_ready=False))) == ["right"]
    assert statuses(redeem(owner, redeems(asked, "bad", is_ready=False))) == ["wrong"]
    assert count(owner, "session") == 0 and count(owner, "challenge", "tries_left = 4") == 1
    assert statuses(redeem(owner, redeems(asked, **with_password("pw")))) == ["open"]
    assert count(owner, "credential") == 1


def test_the_dead_do_not_sign_in(owner, citizen):
    session = registered(owner, citizen, **with_password("pw"))
    asked = asks(citizen, purpose="sign_in")
    begin(owner, asked)
    owner.execute("UPDATE person SET deceased_on = '2026-02-28' WHERE person_key = %s", [citizen.key])
    assert statuses(redeem(owner, redeems(asked))) == ["wrong"]
    begin(owner, asks(citizen, purpose="sign_in", source="b"), asks(citizen, source="b"))
    assert count(owner, "outbox") == 2, "only the two from before"
    assert statuses(sign_in(owner, tries(citizen, "pw"))) == ["wrong"]
    assert statuses(refresh(owner, refreshes(session["refresh_hash"]))) == ["unknown"]
    assert not works(owner, session["token_hash"])


def test_members_do_not_hurt_each_other(owner, citizen):
    """Unknown, foreign and empty members beside good ones."""
    asked = asks(citizen)
    assert begin(owner, asks(citizen, purpose="nonsense", source="x") | {"purpose": "step_up"}, asked)[1] == "begun"
    rows = redeem(owner, redeems(asks(citizen)), redeems(asked, purpose=None), redeems(asked, code_hash=None),
                  redeems(asked, challenge_id=None), redeems(asked, is_ready=None), redeems(asked))  # fmt: skip
    assert statuses(rows) == ["absent", "wrong", "wrong", "absent", "right", "open"]
    rows = sign_in(owner, tries(citizen, "x", hash=None), tries(citizen, "x", person_key=-1), tries(citizen, "x", salt=None))
    assert statuses(rows) == ["wrong"] * 3
    assert set_secret(owner, sets(citizen, person_key=None), sets(citizen, person_id=uuid.uuid4())) == ["wrong"] * 2
    assert end(owner, ends(dataclasses.replace(citizen, key=None), uuid.uuid4()), ends(citizen)) == ["absent", "ended"]


def test_old_challenges_are_forgotten(owner, citizen):
    owner.execute("UPDATE attempt_limit SET at_most = 1000")
    begin(owner, *[asks(citizen, source=n) for n in range(100)])
    begin(owner, asks(citizen, at=START + 3 * DAY))
    assert count(owner, "challenge") == 1
