-- Records a slice of contributions, posts the personal part of the new ones, notes it in the run and the audit trail.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the slice's accounts, taken before. Outcomes: one row with line null, rows_stored and amount_fen; and one row
-- for each entry that the ledger refused, with line, position and code: then the transaction must be rolled back.
WITH dated AS (
    SELECT checked.*, import_id(contribution_time, checked.person_key) AS contribution_id, account.current_year_fen,
           account.carried_over_fen,
           -- Judged by the day of this slice: since the checks an account year may have begun.
           CASE WHEN period >= import_account_year($4, pool.account_year_starts_month)
                THEN 'current_year' ELSE 'carried_over' END AS part_today,
           -- And the record may have been merged, or the account closed.
           CASE WHEN person_alias.person_key IS NOT NULL THEN 'person_merged'
                WHEN is_posting AND rule.allowed IS NOT TRUE THEN 'account_closed' END AS late_refusal
    FROM import_checked AS checked
    JOIN pool USING (pool_code)
    LEFT JOIN person_alias USING (person_key)
    LEFT JOIN account ON account.person_key = checked.person_key AND account.account_id = checked.account_id
    LEFT JOIN account_status_rule AS rule ON rule.operation = 'import' AND rule.status = account.status
    WHERE position > $1 AND position <= $2 AND is_ready
), slice AS MATERIALIZED (
    -- Until a year is posted its money lies in the current-year part: refunds of its months are taken there, where only
    -- that has enough of it.
    SELECT dated.*,
           CASE WHEN kind = 'refund' AND part_today = 'carried_over'
                     AND sum(signed_fen) FILTER (WHERE part_today = 'carried_over') OVER of_account < -carried_over_fen
                     AND coalesce(sum(signed_fen) FILTER (WHERE part_today = 'current_year') OVER of_account, 0)
                         - sum(personal_fen) FILTER (WHERE is_posting AND kind = 'refund'
                                                     AND part_today = 'carried_over')
                               OVER of_account >= -current_year_fen
                THEN 'current_year' ELSE part_today END AS part_taken
    FROM (SELECT dated.*, CASE WHEN NOT is_posting THEN 0 WHEN kind = 'refund' THEN -personal_fen ELSE personal_fen END
                          AS signed_fen FROM dated) AS dated
    WINDOW of_account AS (PARTITION BY person_key, account_id)
), recorded AS (
    INSERT INTO contribution (person_key, base_fen, personal_fen, employer_fen, subsidy_fen, recorded_at, period,
        paid_on, contribution_id, operation_id, pool_code, scheme, kind, status, source_document,
        channel, employer_code)
    SELECT person_key, base_fen, personal_fen, employer_fen, subsidy_fen, $3, period, paid_on, contribution_id,
           contribution_id, pool_code, scheme, kind, CASE WHEN is_posting THEN 'posted' ELSE 'recorded' END,
           source_document, channel, employer_code
    FROM slice
    WHERE late_refusal IS NULL
    ON CONFLICT DO NOTHING
    RETURNING contribution_id
), posting AS MATERIALIZED (
    SELECT slice.*, row_number() OVER (ORDER BY slice.position) AS ord
    FROM recorded JOIN slice USING (contribution_id)
    WHERE slice.is_posting
), asked AS (
    SELECT array_agg(person_key) AS person_keys,
           array_agg(account_id) AS account_ids,
           array_agg(import_id(entry_time, person_key)) AS entry_ids,
           array_agg(contribution_id) AS operation_ids,
           array_agg(CASE kind WHEN 'refund' THEN 'contribution_refund' ELSE 'contribution' END) AS kinds,
           array_agg(part_taken) AS parts,
           array_agg(CASE kind WHEN 'refund' THEN 'debit' ELSE 'credit' END) AS directions,
           array_agg(personal_fen) AS amounts_fen,
           array_agg('contribution_collection:' || pool_code) AS system_accounts,
           array_agg($4) AS business_dates,
           array_agg(source_document) AS "references",
           sum(CASE kind WHEN 'refund' THEN -personal_fen ELSE personal_fen END) AS amount_fen
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
    SELECT $7, $8, 'command_line', 'import.contributions', $6,
           jsonb_build_object('rows', rows_stored, 'amount_fen', amount_fen)
    FROM totals
    WHERE rows_stored > 0
)
SELECT NULL::bigint AS line, NULL::bigint AS position, NULL AS code, rows_stored, amount_fen FROM totals
UNION ALL
SELECT posting.line, posting.position, posted.status, NULL, NULL FROM posted JOIN posting USING (ord)
UNION ALL
SELECT line, position, late_refusal, NULL, NULL FROM slice WHERE late_refusal IS NOT NULL
