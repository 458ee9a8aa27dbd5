"""Files sent over HTTP: the auditor names what was stored without approval, of another file, or in another sum."""
# SPDX-License-Identifier: Apache-2.0
import uuid

import pytest
from psycopg.types.json import Jsonb

from tests.db.planting import assert_named
from tests.db.posting import INSTANT
from tests.db.world import audit

JOB, DIGEST = uuid.UUID(int=7), "ab" * 32


def posted(connection, rows=2, fen=300, digest=DIGEST, state="approved", shown=(2, 300)):
    changes = [{"field": field, "before": None, "after": str(value)} for field, value in zip(("rows", "amount_fen"), shown)]
    connection.execute(
        "INSERT INTO proposal (proposal_id, kind, object_id, payload, reason, state, proposed_by, proposed_at, decided_by, decided_at,"
        " outcome) VALUES (gen_random_uuid(), 'post_import', %s, %s, 'test', %s, gen_random_uuid(), %s, gen_random_uuid(), %s, %s)",
        [JOB, Jsonb({"file_sha256": DIGEST, "changes": changes}), state, INSTANT, INSTANT,
         Jsonb({}) if state == "approved" else None])
    for part in (1, rows - 1):
        connection.execute(
            "INSERT INTO import_run (import_run_id, kind, file_sha256, file_name, skip_invalid, dry_run, state, rows_posted, amount_fen,"
            " posting_instant, started_at, updated_at, job_id)"
            " VALUES (gen_random_uuid(), 'contributions', %s, 'f', false, false, 'done', %s, %s, %s, %s, %s, %s)",
            [bytes.fromhex(digest), part, fen * part // rows, INSTANT, INSTANT, INSTANT, JOB])


@pytest.mark.parametrize("how", [{}, {"rows": 1 + 1, "fen": 100, "shown": (3, 300)}])
def test_what_is_stored_is_what_was_approved(migrated, world, how):
    posted(world.connection, **how)
    assert audit(migrated)["faults"] == []


PLANTED = {
    "file that nobody approved": ({"state": "rejected"}, "proposal_id"),
    "another file than was approved": ({"digest": "cd" * 32}, "file_sha256"),
    "more rows than were approved": ({"shown": (1, 300)}, "rows_posted"),
    "another sum than was approved": ({"shown": (2, 301)}, "amount_fen"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_planted(migrated, world, what):
    how, column = PLANTED[what]
    posted(world.connection, **how)
    report = audit(migrated)
    assert len(report["faults"]) == 1
    assert_named(report, what, "job", JOB, column)
