-- Stores how holds that are good to end did end: what was captured of each, and what was given up.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each hold; ending: voided or expired, for what is not captured; captured_fen
-- 0: nothing was.
-- Locks: the caller has locked the accounts and released what was held (hold_release). A hold ends once, in one
-- operation, so its events are numbered from 2. ended_ats are not before the charges' changed_at.
CREATE OR REPLACE FUNCTION hold_end(
    statuses text[], person_keys bigint[], charge_ids uuid[], ending text, captured_fens bigint[],
    current_years bigint[], carried_overs bigint[], current_year_entry_ids uuid[], carried_over_entry_ids uuid[],
    business_dates date[], ended_ats timestamptz[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    WITH ended AS MATERIALIZED (
        SELECT a.*, charge.account_id, charge.amount_fen, charge.charge_no
          FROM unnest(statuses, person_keys, charge_ids, captured_fens, current_years, carried_overs,
                      current_year_entry_ids, carried_over_entry_ids, business_dates, ended_ats)
               AS a (status, person_key, charge_id, captured_fen, current_year_fen, carried_over_fen,
                     current_year_entry_id, carried_over_entry_id, business_date, ended_at)
          JOIN charge ON charge.person_key = a.person_key AND charge.charge_id = a.charge_id
         WHERE a.status = 'good'
    ), told AS (
        INSERT INTO hold_event (person_key, account_id, hold_id, seq, kind, amount_fen, operation_id, posted_at,
                                reference)
        SELECT ended.person_key, ended.account_id, ended.charge_id,
               1 + row_number() OVER (PARTITION BY ended.charge_id ORDER BY event.kind), event.kind, event.fen,
               ended.charge_id, ended.ended_at, ended.charge_no
          FROM ended
         CROSS JOIN LATERAL (VALUES ('captured', ended.captured_fen), (ending, ended.amount_fen - ended.captured_fen))
               AS event (kind, fen)
         WHERE event.fen > 0
    )
    UPDATE charge
       SET state = CASE WHEN ended.captured_fen > 0 THEN 'captured' ELSE ending END, captured_fen = ended.captured_fen,
           current_year_fen = ended.current_year_fen, carried_over_fen = ended.carried_over_fen,
           current_year_entry_id = CASE WHEN ended.current_year_fen > 0 THEN ended.current_year_entry_id END,
           carried_over_entry_id = CASE WHEN ended.carried_over_fen > 0 THEN ended.carried_over_entry_id END,
           captured_on = CASE WHEN ended.captured_fen > 0 THEN ended.business_date END, changed_at = ended.ended_at
      FROM ended
     WHERE charge.person_key = ended.person_key AND charge.charge_id = ended.charge_id;
END
$$;
COMMENT ON FUNCTION hold_end(text[], bigint[], uuid[], text, bigint[], bigint[], bigint[], uuid[], uuid[], date[],
    timestamptz[]) IS
    'Stores how holds ended: their events, and the new state of their charges';
