-- Stores charges that are good, takes up their numbers, and reserves what is held.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each charge; expires_at null: charged at once.
-- Locks: the caller has locked the accounts and claimed the numbers.
CREATE OR REPLACE FUNCTION charge_store(
    statuses text[], charge_ids uuid[], provider_ids uuid[], person_keys bigint[], account_ids uuid[], pools text[],
    charge_nos text[], usages text[], items text[], amounts_fen bigint[], expires_ats timestamptz[],
    business_dates date[], posted_ats timestamptz[], current_years bigint[], carried_overs bigint[],
    current_year_entry_ids uuid[], carried_over_entry_ids uuid[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    WITH asked AS MATERIALIZED (
        SELECT a.*
          FROM unnest(statuses, charge_ids, provider_ids, person_keys, account_ids, pools, charge_nos, usages, items,
                      amounts_fen, expires_ats, business_dates, posted_ats, current_years, carried_overs,
                      current_year_entry_ids, carried_over_entry_ids)
               AS a (status, charge_id, provider_id, person_key, account_id, pool_code, charge_no, usage, item,
                     amount_fen, expires_at, business_date, posted_at, current_year_fen, carried_over_fen,
                     current_year_entry_id, carried_over_entry_id)
         WHERE a.status = 'good'
    ), numbered AS (
        INSERT INTO business_number (scope_id, kind, number, object_id)
        SELECT asked.provider_id, 'charge', asked.charge_no, asked.charge_id FROM asked
    ), reserved AS (
        INSERT INTO hold_event (person_key, account_id, hold_id, seq, kind, amount_fen, operation_id, expires_at,
                                posted_at, reference)
        SELECT asked.person_key, asked.account_id, asked.charge_id, 1, 'opened', asked.amount_fen, asked.charge_id,
               asked.expires_at, asked.posted_at, asked.charge_no
          FROM asked WHERE asked.expires_at IS NOT NULL
    ), held AS (
        UPDATE account SET held_fen = account.held_fen + asked.amount_fen, version = account.version + 1
          FROM asked
         WHERE asked.expires_at IS NOT NULL
           AND account.person_key = asked.person_key AND account.account_id = asked.account_id
    )
    INSERT INTO charge (person_key, charge_id, account_id, provider_id, pool_code, charge_no, usage, item, amount_fen,
                        state, captured_fen, current_year_fen, carried_over_fen, created_at, changed_at, expires_at,
                        business_date, captured_on, current_year_entry_id, carried_over_entry_id)
    SELECT asked.person_key, asked.charge_id, asked.account_id, asked.provider_id, asked.pool_code, asked.charge_no,
           asked.usage, asked.item, asked.amount_fen,
           CASE WHEN asked.expires_at IS NULL THEN 'captured' ELSE 'held' END,
           asked.current_year_fen + asked.carried_over_fen, asked.current_year_fen, asked.carried_over_fen,
           asked.posted_at, asked.posted_at, asked.expires_at, asked.business_date,
           CASE WHEN asked.expires_at IS NULL THEN asked.business_date END,
           CASE WHEN asked.current_year_fen > 0 THEN asked.current_year_entry_id END,
           CASE WHEN asked.carried_over_fen > 0 THEN asked.carried_over_entry_id END
      FROM asked;
END
$$;
COMMENT ON FUNCTION charge_store(text[], uuid[], uuid[], bigint[], uuid[], text[], text[], text[], text[], bigint[],
    timestamptz[], date[], timestamptz[], bigint[], bigint[], uuid[], uuid[]) IS
    'Stores charges that were judged good, with their numbers and hold events';
