-- One transfer as replies show it; no row when there is none.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. VOLATILE, so that behind a function that decides (LEFT JOIN LATERAL) it sees what that one did.
-- desks: an array of {desk, region_code, region_name}, those that have it now. missing_zh, missing_en: required
-- documents that have not been handed in, while it is under way. possible: what the person can do now. reason_code
-- and note: of the newest step.
CREATE OR REPLACE FUNCTION transfer_view(asked_person_key bigint, asked_transfer_id uuid, today date)
RETURNS TABLE (
    transfer_id uuid, person_id uuid, machine text, way text, money text, state text, from_pool_code text,
    from_pool_name text, from_scheme text, from_enrolment_id uuid, from_account_id uuid, to_pool_code text,
    to_pool_name text, to_scheme text, to_enrolment_id uuid, to_account_id uuid, amount_fen bigint,
    current_year_fen bigint, carried_over_fen bigint, bank_card_sealed bytea, withdrawal_id uuid, desks text,
    due_on date, working_days_left integer, missing_zh text, missing_en text, possible text, moves_on date,
    months_moved integer, reason_code text, note text, created_at timestamptz, entered_at timestamptz,
    ended_at timestamptz)
LANGUAGE sql VOLATILE ROWS 1
AS $$
SELECT t.transfer_id, t.person_id, t.machine, t.way,
       transfer_money(t.way, t.from_account_id, t.to_scheme, new.account_mode), t.state, t.from_pool_code,
       coalesce(old_pool.name, t.from_pool_code), t.from_scheme, t.from_enrolment_id, t.from_account_id, t.to_pool_code,
       coalesce(new_pool.name, t.to_pool_code), t.to_scheme, t.to_enrolment_id, t.to_account_id, t.amount_fen,
       t.current_year_fen, t.carried_over_fen, t.bank_card_sealed, t.withdrawal_id,
       (SELECT coalesce(jsonb_agg(CASE desk.name
                   WHEN 'out' THEN jsonb_build_object('desk', 'out', 'region_code', t.from_pool_code, 'region_name',
                                                      coalesce(old_pool.name, t.from_pool_code))
                   ELSE jsonb_build_object('desk', 'in', 'region_code', t.to_pool_code, 'region_name',
                                           coalesce(new_pool.name, t.to_pool_code)) END ORDER BY desk.place), '[]')
          FROM unnest(transfer_desks(t.machine, t.state)) WITH ORDINALITY AS desk (name, place))::text,
       t.due_on, CASE WHEN t.due_on IS NOT NULL THEN working_days_until(today, t.due_on) END, missing.zh, missing.en,
       (SELECT coalesce(jsonb_agg(step.event ORDER BY step.event), '[]') FROM state_step AS step
         WHERE step.machine = t.machine AND step.state = t.state AND 'person' = ANY (step.who))::text,
       t.moves_on, t.months_moved, newest.reason_code, newest.note, t.created_at, t.entered_at, t.ended_at
  FROM transfer AS t
  LEFT JOIN pool AS old_pool ON old_pool.pool_code = t.from_pool_code
  LEFT JOIN pool AS new_pool ON new_pool.pool_code = t.to_pool_code
  LEFT JOIN enrolment AS new ON new.person_key = t.person_key AND new.enrolment_id = t.to_enrolment_id
 CROSS JOIN LATERAL (
       SELECT coalesce(jsonb_agg(jsonb_build_object('document_kind', need.document_kind, 'name', need.name_zh)),
                       '[]')::text AS zh,
              coalesce(jsonb_agg(jsonb_build_object('document_kind', need.document_kind, 'name', need.name_en)),
                       '[]')::text AS en
         FROM transfer_materials(t.from_pool_code, t.to_pool_code, t.person_key, t.transfer_id) AS need
        WHERE t.ended_at IS NULL AND need.is_required AND NOT need.is_there) AS missing
  LEFT JOIN LATERAL (
       SELECT change.reason_code, change.note FROM state_change AS change
        WHERE change.person_key = t.person_key AND change.object_id = t.transfer_id
        ORDER BY change.seq DESC LIMIT 1) AS newest ON true
 WHERE t.person_key = asked_person_key AND t.transfer_id = asked_transfer_id
$$;
COMMENT ON FUNCTION transfer_view(bigint, uuid, date) IS
    'One transfer as replies show it: whose desk it is on, until when, what is missing';
