"""The keys of passwords, PINs, codes and counters change while people sign in."""
# SPDX-License-Identifier: Apache-2.0
import random

import pytest
from tests.changes import procedures
from tests.changes.credentials import Credentials
from tests.harness import clients
from tests.harness.client import Client
from tests.harness.database import BINARY
from tests.harness.sms import Sms

KILLS = 4
HASHES = "SELECT encode(hash, 'hex') FROM credential UNION ALL SELECT encode(code_hash, 'hex') FROM challenge"
VERSIONS = "SELECT DISTINCT pepper_version FROM credential UNION SELECT DISTINCT code_version FROM challenge"
OLD_SOURCES = """
    SELECT count(*) FROM known_source
     WHERE succeeded_at < (SELECT seals_from FROM data_key WHERE purpose = 'hash_attempt' AND version = 2)"""


@pytest.fixture
def people(start, deployment, contract):
    settings = {"YIBAO_RATE_ADDRESS_PER_MINUTE": "100000", "YIBAO_RATE_TOKEN_PER_MINUTE": "100000"}
    servers = [start(settings), start(settings)]
    api, demo = Client(servers[0], contract), deployment.demo
    sms = Sms(deployment.environment["YIBAO_SMS_GATEWAY"].removeprefix("file:"))
    return Credentials(servers, contract, demo.staff("operator"), clients.registered(api, demo.admin, "hotline"), sms)


def test_new_keys_while_people_sign_in(people, deployment, sql):
    """Killed again and again: whoever knows the secret is let in, who does not is not, and no old hash is left."""
    seed = random.randrange(1 << 30)
    pauses = random.Random(seed)
    with people:
        people.wait_for(1)
        before = {row[0] for row in sql.execute(HASHES).fetchall()}
        announce, count_anew, take = procedures.blocks("keys.md", "New keys of passwords, codes and counters")
        procedures.run(announce, deployment.environment)
        procedures.run(count_anew.replace("hash_attempt", "hash_attempt --after 5"), deployment.environment)
        for _ in range(KILLS):
            procedures.rehash_and_kill(deployment.environment, pauses.uniform(0.2, 8))
        procedures.run(take.replace("rehash", "rehash --pause 5"), deployment.environment)
        people.wait_for(1)
    print(f"seed {seed}, {dict(people.seen)}")
    assert people.lost == [], people.seen
    assert sql.execute(VERSIONS).fetchall() == [(2,)]
    assert not before & {row[0] for row in sql.execute(HASHES).fetchall()}
    assert sql.execute(OLD_SOURCES).fetchone() == (0,)
    counted = sql.execute("SELECT count(*) FROM attempt WHERE kind IN ('password', 'pin', 'code')").fetchone()
    assert counted == (people.wrong,), "a right secret was counted as wrong"
    deployment.run(BINARY, "audit")
