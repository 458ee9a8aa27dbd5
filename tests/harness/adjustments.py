"""The approved proposals that belong to adjustments which a test posts by hand: the auditor asks for them."""
# SPDX-License-Identifier: Apache-2.0
import uuid

from psycopg.types.json import Jsonb

INSERT = """
INSERT INTO proposal (proposal_id, kind, person_key, object_id, payload, reason, state, proposed_by, proposed_at, decided_by,
                      decided_at, outcome)
VALUES (%s, 'post_adjustment', %s, %s, %s, 'planted', 'approved', %s, now(), %s, now(), %s)
ON CONFLICT DO NOTHING
"""


def plant(connection, person_key, account_id, entry_id, operation_id, part, direction, amount_fen, linked_entry_id=None):
    shown = {"part": part, "direction": direction, "amount_fen": str(amount_fen)}
    if linked_entry_id:
        shown["linked_entry_id"] = str(linked_entry_id)
    changes = [{"field": name, "before": None, "after": value} for name, value in shown.items()]
    connection.execute(INSERT, [
        operation_id, person_key, account_id, Jsonb({"changes": changes}), uuid.uuid4(), uuid.uuid4(),
        Jsonb({"entry_id": str(entry_id)})])
