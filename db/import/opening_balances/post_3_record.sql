-- Records a slice of opening balances, posts the parts of the new ones, notes it in the run and the audit trail.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the slice's accounts, taken before. Outcomes: one row with line null, rows_stored and amount_fen; and one row
-- for each entry that the ledger refused, with line, position and code: then the transaction must be rolled back.
WITH slice AS MATERIALIZED (
    SELECT checked.*, import_id(operation_time, checked.person_key) AS operation_id,
           -- Since the checks the record may have been merged, or the account closed.
           CASE WHEN person_alias.person_key IS NOT NULL THEN 'person_merged'
                WHEN rule.allowed IS NOT TRUE THEN 'account_closed' END AS late_refusal
    FROM import_checked AS checked
    LEFT JOIN person_alias USING (person_key)
    LEFT JOIN account ON account.person_key = checked.person_key AND account.account_id = checked.account_id
    LEFT JOIN account_status_rule AS rule ON rule.operation = 'import' AND rule.status = account.status
    WHERE position > $1 AND position <= $2 AND is_ready
), recorded AS (
    INSERT INTO opening_balance (person_key, account_id, source_document, as_of, current_year_fen, carried_over_fen,
        operation_id, recorded_at)
    SELECT person_key, account_id, source_document, as_of, current_year_fen, carried_over_fen, operation_id, $3
    FROM slice
    WHERE late_refusal IS NULL
    ON CONFLICT DO NOTHING
    RETURNING operation_id
), posting AS MATERIALIZED (
    SELECT slice.line, slice.position, slice.person_key, slice.account_id, slice.pool_code, slice.source_document,
           slice.operation_id, one.part, one.amount_fen, one.entry_time,
           row_number() OVER (ORDER BY slice.position, one.part) AS ord
    FROM recorded JOIN slice USING (operation_id)
    CROSS JOIN LATERAL (VALUES ('current_year', slice.current_year_fen, slice.current_year_entry_time),
                               ('carried_over', slice.carried_over_fen, slice.carried_over_entry_time)
        ) AS one (part, amount_fen, entry_time)
    WHERE one.amount_fen > 0
), asked AS (
    SELECT array_agg(person_key) AS person_keys,
           array_agg(account_id) AS account_ids,
           array_agg(import_id(entry_time, person_key)) AS entry_ids,
           array_agg(operation_id) AS operation_ids,
           array_agg('opening_balance'::text) AS kinds,
           array_agg(part) AS parts,
           array_agg('credit'::text) AS directions,
           array_agg(amount_fen) AS amounts_fen,
           array_agg('opening_balance:' || pool_code) AS system_accounts,
           array_agg($4) AS business_dates,
           array_agg(source_document) AS "references",
           sum(amount_fen) AS amount_fen
    FROM (SELECT * FROM posting ORDER BY ord) AS posting -- sorted once, not in each aggregate
), posted AS MATERIALIZED (
    SELECT entry.ord, entry.status
    FROM asked, ledger_post(person_keys, account_ids, entry_ids, operation_ids, kinds, parts, directions, amounts_fen,
                            system_accounts, business_dates, "references", NULL, $3, $5) AS entry
    WHERE asked.person_keys IS NOT NULL AND entry.status <> 'posted'
), totals AS MATERIALIZED (
    SELECT (SELECT count(*) FROM recorded) AS rows_stored,
           coalesce((SELECT amount_fen FROM asked), 0)::bigint AS amount_fen
), run AS (
    UPDATE import_run
    SET rows_posted = rows_posted + totals.rows_stored, amount_fen = import_run.amount_fen + totals.amount_fen,
        updated_at = $8
    FROM totals
    WHERE import_run_id = $6
), audit AS (
    INSERT INTO audit_event (event_id, at, actor_kind, action, object_id, detail)
    SELECT $7, $8, 'command_line', 'import.opening_balances', $6,
           jsonb_build_object('rows', rows_stored, 'amount_fen', amount_fen)
    FROM totals
    WHERE rows_stored > 0
)
SELECT NULL::bigint AS line, NULL::bigint AS position, NULL AS code, rows_stored, amount_fen FROM totals
UNION ALL
SELECT posting.line, posting.position, posted.status, NULL, NULL FROM posted JOIN posting USING (ord)
UNION ALL
SELECT line, position, late_refusal, NULL, NULL FROM slice WHERE late_refusal IS NOT NULL
