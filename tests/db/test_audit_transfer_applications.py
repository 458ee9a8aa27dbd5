"""Keys of applications for transfers and of cancellations: clean where all is well, and every planted fault found and named."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.db.moving_world import Application, add_mover, apply, cancel, statuses
from tests.db.planting import assert_named
from tests.db.world import audit

KEY = "UPDATE idempotency_key SET {} WHERE operation = '{}' AND key = '{}-key-of-a-test'"
APPLIED = "{open_person}/create_transfer/open-key-of-a-test"
CANCELLED = "{over_person}/cancel_transfer/over-key-of-a-test"
REFUSED = "{late_person}/cancel_transfer/late-key-of-a-test"

# What is planted: what is done, then the table, key and column that the report must name.
PLANTED = {
    "key of an application without its transfer": (KEY.format("object_id = NULL", "create_transfer", "open"),
                                                   "transfer", "{open}", "transfer_id"),
    "key of an application of another transfer": (
        KEY.format("object_id = %(over)s", "create_transfer", "open"), "idempotency_key", APPLIED, "principal_id"),
    "key of an application that was refused": (
        KEY.format("status = 'retired_stays'", "create_transfer", "open"), "idempotency_key", APPLIED, "object_id"),
    "key of an application of somebody else": (
        KEY.format("principal_id = %(over_person)s", "create_transfer", "open"), "idempotency_key",
        "{over_person}/create_transfer/open-key-of-a-test",
        "principal_id"),
    "key of an application with an outcome": (KEY.format("outcome = '{{}}'", "create_transfer", "open"),
                                              "idempotency_key", APPLIED, "outcome"),
    "key of an application removed": ("DELETE FROM idempotency_key WHERE key = 'open-key-of-a-test'", "transfer", "{open}", "transfer_id"),
    "two keys of one application": (
        "INSERT INTO idempotency_key SELECT principal_id, operation, 'another-key-of-a-test', content_hash, status, "
        "object_id, outcome, created_at"
        " FROM idempotency_key WHERE key = 'open-key-of-a-test'", "idempotency_key", APPLIED, "object_id"),
    "key of a cancellation of what was not cancelled": (
        KEY.format("object_id = %(open)s", "cancel_transfer", "over"), "idempotency_key", CANCELLED, "principal_id"),
    "key of a cancellation removed": ("DELETE FROM idempotency_key WHERE key = 'over-key-of-a-test'", "transfer", "{over}", "transfer_id"),
    "key of a refused cancellation that names a transfer": (
        KEY.format("object_id = %(late)s", "cancel_transfer", "late"), "idempotency_key", REFUSED, "object_id"),
    "key of a refused cancellation without what was possible": (
        KEY.format("outcome = NULL", "cancel_transfer", "late"), "idempotency_key", REFUSED, "outcome"),
}


@pytest.fixture
def ids(owner, world):
    """One that is open, one that was cancelled, and one that was asked to be cancelled when it was over."""
    asked = {name: Application(add_mover(owner), key=f"{name}-key-of-a-test") for name in ("open", "over", "late")}
    assert statuses(apply(owner, *asked.values())) == ["created"] * 3
    assert statuses(cancel(owner, asked["over"], asked["late"], keys=["over-key-of-a-test", "first-key-of-a-test"])) == ["done", "done"]
    assert statuses(cancel(owner, asked["late"], keys=["late-key-of-a-test"])) == ["not_possible_now"]
    return {name: str(one.transfer_id) for name, one in asked.items()} | {
        f"{name}_person": str(one.mover.person_id) for name, one in asked.items()}


def test_clean(migrated, ids):
    report = audit(migrated)
    assert report["faults"] == [] and report["clean"]


@pytest.mark.parametrize("name", PLANTED)
def test_planted(migrated, owner, ids, name):
    sql, table, key, column = PLANTED[name]
    owner.execute(sql.replace("{{", "{").replace("}}", "}"), ids)
    assert_named(audit(migrated), name, table, key.format(**ids), column)
