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
