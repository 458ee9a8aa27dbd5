-- What posting the interest of accounts over days of an interest year would come to, or why it cannot be posted.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments as interest_post has them. Locks: none; whoever posts has locked the accounts.
-- Outcomes: one row for each period. refusal: no_rule or no_rate of interest_reckon; nothing_due where there is no
-- interest and the year goes on; else null. An account whose status bears no interest has none,
-- and is carried over all the same.
CREATE OR REPLACE FUNCTION interest_size(
    person_keys bigint[], account_ids uuid[], year_starts date[], from_days date[], to_days date[])
RETURNS TABLE (
    ord bigint, person_key bigint, account_id uuid, pool_code text, year_start date, from_day date, to_day date,
    last_seq bigint, last_posted_at timestamptz, bears_interest boolean, is_year_end boolean, current_year_days bigint,
    carried_over_days bigint, current_year_interest_fen bigint, carried_over_interest_fen bigint, carried_fen bigint,
    day_count_basis smallint, rounding text, segments jsonb, refusal text)
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.*, account.pool_code, account.current_year_fen, account.last_seq, account.last_posted_at,
               coalesce(rule.allowed, false) AS bears_interest,
               a.to_day >= (a.year_start + interval '1 year')::date AS is_year_end
          FROM unnest(person_keys, account_ids, year_starts, from_days, to_days) WITH ORDINALITY
               AS a (person_key, account_id, year_start, from_day, to_day, ord)
          JOIN account ON account.person_key = a.person_key AND account.account_id = a.account_id
          LEFT JOIN account_status_rule AS rule ON rule.status = account.status AND rule.operation = 'interest'
    ), reckoned AS MATERIALIZED (
        SELECT all_of.ords[one.ord] AS ord, one.fault, one.current_year_days, one.carried_over_days,
               one.current_year_interest_fen, one.carried_over_interest_fen, one.current_year_end_fen,
               one.day_count_basis, one.rounding, one.segments
          FROM (SELECT array_agg(s.ord ORDER BY s.ord) AS ords, array_agg(s.person_key ORDER BY s.ord) AS person_keys,
                       array_agg(s.account_id ORDER BY s.ord) AS account_ids,
                       array_agg(s.pool_code ORDER BY s.ord) AS pool_codes,
                       array_agg(s.year_start ORDER BY s.ord) AS year_starts,
                       array_agg(s.from_day ORDER BY s.ord) AS from_days,
                       array_agg(s.to_day ORDER BY s.ord) AS to_days
                  FROM asked AS s) AS all_of,
               interest_reckon(all_of.person_keys, all_of.account_ids, all_of.pool_codes, all_of.year_starts,
                               all_of.from_days, all_of.to_days) AS one
    ), paid AS (
        SELECT asked.*, reckoned.fault, reckoned.current_year_days, reckoned.carried_over_days,
               reckoned.day_count_basis, reckoned.rounding, reckoned.segments,
               CASE WHEN asked.bears_interest THEN reckoned.current_year_interest_fen
                    ELSE 0 END AS current_interest_fen,
               CASE WHEN asked.bears_interest THEN reckoned.carried_over_interest_fen
                    ELSE 0 END AS carried_interest_fen,
               greatest(least(reckoned.current_year_end_fen, asked.current_year_fen), 0) AS left_over_fen
          FROM asked
          JOIN reckoned ON reckoned.ord = asked.ord
    )
    SELECT paid.ord, paid.person_key, paid.account_id, paid.pool_code, paid.year_start, paid.from_day, paid.to_day,
           paid.last_seq, paid.last_posted_at, paid.bears_interest, paid.is_year_end, paid.current_year_days,
           paid.carried_over_days, paid.current_interest_fen, paid.carried_interest_fen,
           CASE WHEN paid.is_year_end THEN paid.left_over_fen + paid.current_interest_fen ELSE 0 END,
           paid.day_count_basis, paid.rounding, paid.segments,
           CASE WHEN paid.fault IS NOT NULL THEN paid.fault
                WHEN NOT paid.is_year_end AND paid.current_interest_fen + paid.carried_interest_fen = 0
                     THEN 'nothing_due' END
      FROM paid;
END
$$;
COMMENT ON FUNCTION interest_size(bigint[], uuid[], date[], date[], date[]) IS
    'What posting the interest of accounts over days of an interest year would come to, or why it cannot be posted';
