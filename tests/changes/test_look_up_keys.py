"""The keys that people are looked up by change while staff, citizens, clients and imports look people up by them."""
# SPDX-License-Identifier: Apache-2.0
import random
import threading
import types

import psycopg
import pytest
from tests.changes import procedures
from tests.changes.look_ups import LookUps
from tests.changes.test_keys import keys
from tests.harness import clients, entering, proposals
from tests.harness.client import Client
from tests.harness.database import BINARY
from tests.harness.server import wait_until
from tests.harness.signing import Door, new_citizen
from tests.harness.sms import Sms

KILLS = 6
PURPOSES = ("hash_citizen_number", "hash_card_number", "hash_phone", "hash_name")
VERSIONS = """
    SELECT DISTINCT v FROM (
        SELECT key_version FROM person_identifier UNION ALL SELECT key_version FROM person_identifier_former
        UNION ALL SELECT coalesce(name_version, 1) FROM person
        UNION ALL SELECT coalesce(phone_version, 1) FROM person WHERE phone_hash IS NOT NULL
        UNION ALL SELECT name_version FROM consent_request UNION ALL SELECT number_version FROM consent_request
        UNION ALL SELECT item.key_version FROM proposal, jsonb_each_text(payload -> 'hashes') AS h,
                         hash_items(decode(h.value, 'hex')) AS item) AS found (v)"""
HASHES = """
    SELECT encode(hash, 'hex') FROM person_identifier UNION SELECT encode(hash, 'hex') FROM person_identifier_former
    UNION SELECT encode(name_hash, 'hex') FROM person
    UNION SELECT encode(phone_hash, 'hex') FROM person WHERE phone_hash IS NOT NULL
    UNION SELECT encode(h, 'hex') FROM consent_request CROSS JOIN LATERAL (VALUES (name_hash), (number_hash)) AS v (h)
    UNION SELECT encode(item.hash, 'hex') FROM proposal, jsonb_each_text(payload -> 'hashes') AS p,
                 hash_items(decode(p.value, 'hex')) AS item"""
STAGES = "SELECT purpose, version, stage FROM data_key WHERE stage IS NOT NULL ORDER BY 1, 2"


@pytest.fixture
def look_ups(start, deployment, contract, tmp_path):
    """The load, with somebody who has registered, a client that asks, and corrections that are open."""
    servers = [start(), start()]
    api, demo = Client(servers[0], contract), deployment.demo
    deployment.connect = lambda: psycopg.connect(deployment.url, autocommit=True)
    client = clients.registered(api, demo.admin, "mini_program")
    made = LookUps(servers, contract, deployment, client, tmp_path)
    sms = Sms(deployment.environment["YIBAO_SMS_GATEWAY"].removeprefix("file:"))
    signer = new_citizen(api, made.operator, Door(servers[0], contract), sms)
    signer.register()
    made.signer = signer.number
    return made


def plant(look_ups, count):
    """Open corrections from before: (number to be, person, proposal)."""
    api, planted = look_ups.api(0), []
    for _ in range(count):
        old, new = look_ups.fresh(2)
        person_id = entering.create(api, look_ups.operator, citizen_number=old).json()["person_id"]
        changes = {"citizen_number": new, "name": "钱更多", "card_number": entering.fresh_card()}
        proposal_id = look_ups.propose(api, person_id, **changes)
        planted.append(types.SimpleNamespace(new=new, old=old, person_id=person_id, proposal_id=proposal_id))
    return planted


def approve(look_ups, one):
    proposals.approve(look_ups.api(1), one.proposal_id, look_ups.reviewer)
    look_ups.expect(look_ups.api(0), one.person_id, citizen_number=one.new)
    assert look_ups.find(look_ups.api(1), citizen_number=one.old) == [(one.person_id, "former_number")]


def test_new_keys_while_everybody_works(look_ups, deployment, sql):
    """Killed again and again: nobody is not found, nobody is entered twice, and at the end no old hash is left."""
    before = {row[0] for row in sql.execute(HASHES).fetchall()}
    planted = plant(look_ups, 3)
    before |= {row[0] for row in sql.execute(HASHES).fetchall()}
    seed = random.randrange(1 << 30)
    pauses = random.Random(seed)
    with look_ups:
        look_ups.wait_for(1)
        announce, take, show = procedures.blocks("keys.md", "New look-up keys")
        procedures.run(announce, deployment.environment)
        for turn in range(KILLS):
            procedures.rehash_and_kill(deployment.environment, pauses.uniform(0.2, 8))
            if turn % 2 and planted[1:]:
                approve(look_ups, planted.pop())
        procedures.run(take.replace("rehash", "rehash --pause 5"), deployment.environment)
        look_ups.wait_for(1)
    print(f"seed {seed}, {dict(look_ups.seen)}")
    look_ups.check()
    assert sql.execute(VERSIONS).fetchall() == [(2,)]
    assert not before & {row[0] for row in sql.execute(HASHES).fetchall()}
    stages = sorted((purpose, *stage) for purpose in PURPOSES for stage in ((1, "link"), (2, "looked")))
    assert sql.execute(STAGES).fetchall() == stages
    for one in planted:
        approve(look_ups, one)
    look_ups.check()
    shown = procedures.run(show, deployment.environment)
    assert "leads to the next" in shown and "is being removed" not in shown
    (people,) = sql.execute("SELECT count(*) FROM person").fetchone()
    (numbers,) = sql.execute("SELECT count(*) FROM person_identifier WHERE kind = 'citizen_number'").fetchone()
    assert people == numbers
    deployment.run(BINARY, "audit")


def test_who_has_not_noticed_is_refused(deployment, sql):
    """A process that still writes with the older version alone, while both are written, stores nothing."""
    keys(deployment, "rotate", "hash_card_number")
    assert "not in use yet" in keys(deployment, "rotate", "hash_card_number", statuses=(1,))
    newest = sql.execute("SELECT max(version) FROM data_key WHERE purpose = 'hash_card_number'").fetchone()[0]
    claim = "SELECT place FROM identifiers_claim('{card_number}', ARRAY[%s], '{7}', ARRAY[gen_random_uuid()])"
    old, new = [bytes([0, newest - 1]) + b"o" * 32, bytes([0, newest]) + b"n" * 32]
    sql.execute("UPDATE data_key SET stage = 'written' WHERE purpose = 'hash_card_number' AND stage = 'announced'")
    for given in (old, new):
        with pytest.raises(psycopg.errors.SerializationFailure):
            sql.execute(claim, [given])
    assert sql.execute(claim, [old + new]).fetchall() == [(1,)]
    for given in (old + new, new + old):
        assert sql.execute(claim, [given]).fetchall() == [], "it is somebody's"
    sql.execute("DELETE FROM person_identifier WHERE person_key = 7")
    sql.execute("UPDATE data_key SET stage = 'announced' WHERE purpose = 'hash_card_number' AND stage = 'written'")


def answer_of(connection, statement, parameters):
    try:
        return connection.execute(statement, parameters).fetchall()
    except psycopg.Error as error:
        return error


def test_half_a_number_is_nobodys(deployment, sql):
    """Two write a number with different versions at one moment: the second is asked to come again, and told then."""
    ids = "ARRAY[%s::bigint], ARRAY[gen_random_uuid()]"
    claim = f"SELECT place FROM identifiers_claim('{{card_number}}', ARRAY[%s], {ids})"
    newest = sql.execute("SELECT max(version) FROM data_key WHERE purpose = 'hash_card_number'").fetchone()[0]
    old, new = [bytes([0, newest - 1]) + b"p" * 32, bytes([0, newest]) + b"q" * 32]
    stages = sql.execute("SELECT version, stage FROM data_key WHERE purpose = 'hash_card_number'").fetchall()
    sql.execute("UPDATE data_key SET stage = CASE version WHEN %s THEN 'looked' ELSE 'leaving' END"
                " WHERE purpose = 'hash_card_number'", [newest])  # fmt: skip
    with psycopg.connect(deployment.url) as first, psycopg.connect(deployment.url, autocommit=True) as second:
        assert first.execute(claim, [new, 8]).fetchall() == [(1,)]
        second.execute("SET lock_timeout = '60s'")
        outcome = []
        thread = threading.Thread(target=lambda: outcome.append(answer_of(second, claim, [old + new, 9])))
        thread.start()
        wait_until(lambda: sql.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone(), "the second to wait")
        first.commit()
        thread.join()
        assert isinstance(outcome[0], psycopg.errors.SerializationFailure)
        assert second.execute(claim, [old + new, 9]).fetchall() == []
    found = sql.execute("SELECT DISTINCT person_key FROM person_identifier WHERE person_key IN (8, 9)").fetchall()
    assert found == [(8,)]
    sql.execute("DELETE FROM person_identifier WHERE person_key = 8")
    for version, stage in stages:
        change = "UPDATE data_key SET stage = %s WHERE purpose = 'hash_card_number' AND version = %s"
        sql.execute(change, [stage, version])
