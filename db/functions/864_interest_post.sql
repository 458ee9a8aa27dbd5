-- Posts the interest of accounts over days of an interest year; where the year ends there,
-- carries current-year money over.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each period, each account once: its account, the first day of the interest
-- year, the first day, and the day after the last, which is not after today. job_id and proposal_id: what it is posted
-- for, or null.
-- Locks: none taken: the caller has locked the accounts in an earlier statement, and knows that the days are not
-- posted. Entries, of one operation: `interest` to the part that bore it; at the year's end `year_end_in` and
-- `year_end_out`, in this order, so that the balance never falls below what is held.
-- Carried over is what the current-year part had at the year's end and still has, and its interest: what was spent
-- since then counts as the new year's.
-- Outcomes: one row for each period. status, by precedence:
--   no_rule, no_rate, nothing_due   of interest_size: nothing is posted, and the days stay open
--   balance_overflow   of ledger_post: nothing is posted
--   posted             interest_posting has its row
CREATE OR REPLACE FUNCTION interest_post(
    person_keys bigint[], account_ids uuid[], year_starts date[], from_days date[], to_days date[], job_id uuid,
    proposal_id uuid, instant timestamptz, hash_algorithm text)
RETURNS TABLE (ord bigint, status text, current_year_interest_fen bigint, carried_over_interest_fen bigint,
               carried_fen bigint)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    tick bigint := person_id_tick();
    today date := (instant AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
    RETURN QUERY
    WITH due AS MATERIALIZED (
        SELECT sized.*, tick + sized.ord * 8 AS tick,
               person_id_at(sized.person_key, tick + sized.ord * 8) AS operation_id
          FROM interest_size(person_keys, account_ids, year_starts, from_days, to_days) AS sized
    ), step AS MATERIALIZED (
        SELECT due.ord, due.person_key, due.account_id, due.operation_id, due.pool_code, due.year_start,
               person_id_at(due.person_key, due.tick + one.place) AS entry_id, one.*,
               CASE one.kind WHEN 'year_end_in' THEN person_id_at(due.person_key, due.tick + 4) END AS linked_entry_id,
               row_number() OVER (ORDER BY due.ord, one.place) AS entry_ord
          FROM due
         CROSS JOIN LATERAL (VALUES
               (1, 'interest', 'current_year', 'credit', 'interest', due.current_year_interest_fen),
               (2, 'interest', 'carried_over', 'credit', 'interest', due.carried_over_interest_fen),
               (3, 'year_end_in', 'carried_over', 'credit', 'transit', due.carried_fen),
               (4, 'year_end_out', 'current_year', 'debit', 'transit', due.carried_fen))
               AS one (place, kind, part, direction, system_kind, amount_fen)
         WHERE due.refusal IS NULL AND one.amount_fen > 0
    ), wanted AS (
        SELECT array_agg(s.person_key ORDER BY s.entry_ord) AS person_keys,
               array_agg(s.account_id ORDER BY s.entry_ord) AS account_ids,
               array_agg(s.entry_id ORDER BY s.entry_ord) AS entry_ids,
               array_agg(s.operation_id ORDER BY s.entry_ord) AS operation_ids,
               array_agg(s.kind ORDER BY s.entry_ord) AS kinds, array_agg(s.part ORDER BY s.entry_ord) AS parts,
               array_agg(s.direction ORDER BY s.entry_ord) AS directions,
               array_agg(s.amount_fen ORDER BY s.entry_ord) AS amounts_fen,
               array_agg(s.system_kind || ':' || s.pool_code ORDER BY s.entry_ord) AS system_accounts,
               array_agg(today) AS business_dates,
               array_agg(to_char(s.year_start, 'YYYY') ORDER BY s.entry_ord) AS reference_texts,
               array_agg(s.linked_entry_id ORDER BY s.entry_ord) AS linked_entry_ids
          FROM step AS s
    ), refused AS MATERIALIZED (
        SELECT step.ord, min(entry.status) AS status
          FROM wanted, ledger_post(person_keys, account_ids, entry_ids, operation_ids, kinds, parts, directions,
                                   amounts_fen, system_accounts, business_dates, reference_texts, linked_entry_ids,
                                   instant, hash_algorithm) AS entry
          JOIN step ON step.entry_ord = entry.ord
         WHERE wanted.person_keys IS NOT NULL AND entry.status <> 'posted'
         GROUP BY step.ord
    ), judged AS MATERIALIZED (
        SELECT due.*, coalesce(due.refusal, refused.status, 'posted') AS status
          FROM due
          LEFT JOIN refused ON refused.ord = due.ord
    ), stored AS (
        INSERT INTO interest_posting (
            person_key, account_id, interest_year, accrued_from, accrued_to, is_year_end, bears_interest, pool_code,
            operation_id, job_id, proposal_id, through_seq, day_count_basis, rounding, segments, current_year_days,
            carried_over_days, current_year_interest_fen, carried_over_interest_fen, carried_fen, current_year_entry_id,
            carried_over_entry_id, year_end_out_entry_id, year_end_in_entry_id, posted_at, business_date)
        SELECT j.person_key, j.account_id, extract(year FROM j.year_start), j.from_day, j.to_day, j.is_year_end,
               j.bears_interest, j.pool_code, j.operation_id, interest_post.job_id, interest_post.proposal_id,
               j.last_seq, j.day_count_basis, j.rounding, j.segments, j.current_year_days, j.carried_over_days,
               j.current_year_interest_fen, j.carried_over_interest_fen, j.carried_fen,
               CASE WHEN j.current_year_interest_fen > 0 THEN person_id_at(j.person_key, j.tick + 1) END,
               CASE WHEN j.carried_over_interest_fen > 0 THEN person_id_at(j.person_key, j.tick + 2) END,
               CASE WHEN j.carried_fen > 0 THEN person_id_at(j.person_key, j.tick + 4) END,
               CASE WHEN j.carried_fen > 0 THEN person_id_at(j.person_key, j.tick + 3) END,
               greatest(instant, j.last_posted_at), today
          FROM judged AS j
         WHERE j.status = 'posted'
    )
    SELECT j.ord, j.status, j.current_year_interest_fen, j.carried_over_interest_fen, j.carried_fen FROM judged AS j;
END
$$;
COMMENT ON FUNCTION interest_post(bigint[], uuid[], date[], date[], date[], uuid, uuid, timestamptz, text) IS
    'Posts the interest of locked accounts over days of an interest year, and carries money over where it ends; a '
    'status row for each';
