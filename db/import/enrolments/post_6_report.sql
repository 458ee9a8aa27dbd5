-- Notes a slice of enrolments in the run and the audit trail.
-- SPDX-License-Identifier: Apache-2.0
-- Outcomes: one row with line null and rows_stored; and one row for each that belongs to a record which was merged
-- since the checks, with line, position and code: then the transaction must be rolled back.
WITH totals AS MATERIALIZED (
    SELECT count(*) AS rows_stored FROM import_checked WHERE position > $1 AND position <= $2 AND is_ready
), run AS (
    UPDATE import_run
    SET rows_posted = rows_posted + totals.rows_stored, updated_at = $8
    FROM totals
    WHERE import_run_id = $6
), audit AS (
    INSERT INTO audit_event (event_id, at, actor_kind, action, object_id, detail)
    SELECT $7, $8, 'command_line', 'import.enrolments', $6, jsonb_build_object('rows', rows_stored)
    FROM totals
    WHERE rows_stored > 0
)
SELECT NULL::bigint AS line, NULL::bigint AS position, NULL AS code, rows_stored, 0::bigint AS amount_fen FROM totals
UNION ALL
SELECT line, position, 'person_merged', NULL, NULL
FROM import_checked JOIN person_alias ON person_alias.person_key = import_checked.known_key
WHERE position > $1 AND position <= $2 AND is_ready
