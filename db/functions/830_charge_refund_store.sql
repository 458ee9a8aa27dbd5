-- Stores refunds that are good, takes up their numbers, and counts them on their charges.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each refund; account_keys and account_ids are those that received it.
-- Locks: the caller has locked the accounts, which protect the charges too (charge_claim), and claimed the numbers.
CREATE OR REPLACE FUNCTION charge_refund_store(
    statuses text[], refund_ids uuid[], provider_ids uuid[], person_keys bigint[], charge_ids uuid[],
    account_keys bigint[], account_ids uuid[], pools text[], refund_nos text[], reasons text[], amounts_fen bigint[],
    current_years bigint[], carried_overs bigint[], current_year_intos text[], current_year_entry_ids uuid[],
    carried_over_entry_ids uuid[], business_dates date[], posted_ats timestamptz[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    WITH asked AS MATERIALIZED (
        SELECT a.*
          FROM unnest(statuses, refund_ids, provider_ids, person_keys, charge_ids, account_keys, account_ids, pools,
                      refund_nos, reasons, amounts_fen, current_years, carried_overs, current_year_intos,
                      current_year_entry_ids, carried_over_entry_ids, business_dates, posted_ats)
               AS a (status, refund_id, provider_id, person_key, charge_id, account_key, account_id, pool_code,
                     refund_no, reason, amount_fen, current_year_fen, carried_over_fen, current_year_into,
                     current_year_entry_id, carried_over_entry_id, business_date, posted_at)
         WHERE a.status = 'good'
    ), numbered AS (
        INSERT INTO business_number (scope_id, kind, number, object_id)
        SELECT asked.provider_id, 'refund', asked.refund_no, asked.refund_id FROM asked
    ), counted AS (
        UPDATE charge SET refunded_fen = charge.refunded_fen + asked.amount_fen,
                          changed_at = greatest(charge.changed_at, asked.posted_at)
          FROM asked
         WHERE charge.person_key = asked.person_key AND charge.charge_id = asked.charge_id
    )
    INSERT INTO charge_refund (person_key, refund_id, charge_id, account_id, account_person_key, provider_id, pool_code,
                               refund_no, reason, amount_fen, current_year_fen, carried_over_fen, current_year_into,
                               current_year_entry_id, carried_over_entry_id, business_date, created_at)
    SELECT asked.person_key, asked.refund_id, asked.charge_id, asked.account_id, asked.account_key, asked.provider_id,
           asked.pool_code, asked.refund_no, asked.reason, asked.amount_fen, asked.current_year_fen,
           asked.carried_over_fen, asked.current_year_into,
           CASE WHEN asked.current_year_fen > 0 THEN asked.current_year_entry_id END,
           CASE WHEN asked.carried_over_fen > 0 THEN asked.carried_over_entry_id END, asked.business_date,
           asked.posted_at
      FROM asked;
END
$$;
COMMENT ON FUNCTION charge_refund_store(text[], uuid[], uuid[], bigint[], uuid[], bigint[], uuid[], text[], text[],
    text[], bigint[], bigint[], bigint[], text[], uuid[], uuid[], date[], timestamptz[]) IS
    'Stores refunds that were judged good, with their numbers';
