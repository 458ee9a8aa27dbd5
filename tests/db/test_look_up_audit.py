"""yibaod audit finds who is looked up by a version of a key that nobody uses."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.db.planting import assert_named
from tests.db.world import audit

NEWER = """
    INSERT INTO data_key (purpose, version, wrapped, created_at, stage)
    SELECT purpose, 2, wrapped, created_at, 'looked' FROM data_key WHERE purpose = 'hash_citizen_number'"""
PLANTED = {
    "number that only an older key finds": (NEWER, "person_identifier", "key_version"),
    "hash of a name by a key that is over": (
        "UPDATE data_key SET stage = 'link' WHERE purpose = 'hash_name'", "person", "name_version"),
    "password by a key that is over": (
        "WITH one AS (SELECT person_key, person_id FROM person LIMIT 1), set AS ("
        "    INSERT INTO credential (person_key, kind, person_id, salt, hash, log2_n, block_size, parallel, set_at)"
        "    SELECT person_key, 'password', person_id, substr(sha256(''), 1, 16), sha256(''), 15, 8, 1, now() FROM one)"
        " UPDATE data_key SET stage = 'link' WHERE purpose = 'pepper_credential'", "credential", "pepper_version"),
}  # fmt: skip


@pytest.mark.parametrize("what", PLANTED)
def test_planted_fault_is_found(migrated, world, what):
    assert audit(migrated)["clean"]
    statement, table, column = PLANTED[what]
    with world.connection.transaction():
        world.connection.execute(statement)
    try:
        assert_named(audit(migrated), what, table, None, column)
    finally:
        world.connection.execute("DELETE FROM data_key WHERE version = 2")
        world.connection.execute("UPDATE data_key SET stage = NULL")
