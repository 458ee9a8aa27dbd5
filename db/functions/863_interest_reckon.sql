-- Reckons the interest of accounts over days of one interest year: balances at the end of each day × rate of that day.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each period: an account with its pool, the first day of the interest year
-- (whose rule holds), the first day, and the day after the last. docs/interest.md has the formula.
-- An entry counts from its business date on; what a posting of interest wrote counts from the day after those it was
-- for. Planned for the arrays at hand: how many there are decides how to join.
-- Locks: none; whoever posts has locked the accounts. Outcomes: one row for each period, in any order. fault: no_rule,
-- or no_rate where a day with money has none; else null. current_year_end_fen:
-- the current-year part at the end of the last day.
CREATE OR REPLACE FUNCTION interest_reckon(
    person_keys bigint[], account_ids uuid[], pool_codes text[], year_starts date[], from_days date[], to_days date[])
RETURNS TABLE (ord bigint, fault text, current_year_days bigint, carried_over_days bigint,
               current_year_interest_fen bigint, carried_over_interest_fen bigint, current_year_end_fen bigint,
               day_count_basis smallint, rounding text, segments jsonb)
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.*
          FROM unnest(person_keys, account_ids, pool_codes, year_starts, from_days, to_days) WITH ORDINALITY
               AS a (person_key, account_id, pool_code, year_start, from_day, to_day, ord)
    ), term AS MATERIALIZED (
        SELECT t.*, rule.current_year_rate, rule.carried_over_rate, rule.day_count_basis, rule.rounding
          FROM (SELECT DISTINCT asked.pool_code, asked.year_start, asked.from_day, asked.to_day FROM asked) AS t
          LEFT JOIN LATERAL interest_rule_at(t.pool_code, t.year_start) AS rule ON true
    ), span AS MATERIALIZED (
        SELECT term.pool_code, term.year_start, term.from_day, term.to_day, bears.part, bears.rate_kind, held.starts_on,
               held.ends_before, held.rate_ppm
          FROM term
         CROSS JOIN LATERAL (VALUES ('current_year', term.current_year_rate), ('carried_over', term.carried_over_rate))
               AS bears (part, rate_kind)
         CROSS JOIN LATERAL interest_rate_spans(term.pool_code, bears.rate_kind, term.from_day, term.to_day) AS held
         WHERE bears.rate_kind IS NOT NULL
    ), movement AS MATERIALIZED (
        SELECT asked.ord, entry.part, greatest(counts.day, asked.from_day) AS day,
               sum(CASE entry.direction WHEN 'credit' THEN entry.amount_fen ELSE -entry.amount_fen END) AS fen
          FROM asked
          JOIN ledger_entry AS entry ON entry.person_key = asked.person_key AND entry.account_id = asked.account_id
         CROSS JOIN LATERAL (
               SELECT CASE WHEN entry.kind IN ('interest', 'year_end_out', 'year_end_in')
                           THEN coalesce((SELECT min(posting.accrued_to)
                                            FROM interest_posting AS posting
                                           WHERE posting.person_key = entry.person_key
                                             AND posting.account_id = entry.account_id
                                             AND posting.operation_id = entry.operation_id), entry.business_date)
                           ELSE entry.business_date END AS day) AS counts
         WHERE counts.day < asked.to_day
         GROUP BY asked.ord, entry.part, greatest(counts.day, asked.from_day)
    ), reckoned AS MATERIALIZED (
        SELECT asked.ord, span.part, span.rate_kind, span.starts_on, span.ends_before, span.rate_ppm,
               coalesce(sum(movement.fen * (span.ends_before - greatest(movement.day, span.starts_on))), 0)
                   AS balance_days
          FROM asked
          JOIN span ON span.pool_code = asked.pool_code AND span.year_start = asked.year_start
                   AND span.from_day = asked.from_day AND span.to_day = asked.to_day
          LEFT JOIN movement ON movement.ord = asked.ord AND movement.part = span.part
                            AND movement.day < span.ends_before
         GROUP BY asked.ord, span.part, span.rate_kind, span.starts_on, span.ends_before, span.rate_ppm
    ), ended AS MATERIALIZED (
        SELECT movement.ord, sum(movement.fen) AS fen FROM movement WHERE movement.part = 'current_year'
        GROUP BY movement.ord
    ), summed AS MATERIALIZED (
        SELECT reckoned.ord,
               sum(reckoned.balance_days) FILTER (WHERE reckoned.part = 'current_year') AS current_year_days,
               sum(reckoned.balance_days) FILTER (WHERE reckoned.part = 'carried_over') AS carried_over_days,
               sum(reckoned.balance_days * reckoned.rate_ppm)
                   FILTER (WHERE reckoned.part = 'current_year') AS current_year_ppm,
               sum(reckoned.balance_days * reckoned.rate_ppm)
                   FILTER (WHERE reckoned.part = 'carried_over') AS carried_over_ppm,
               bool_or(reckoned.rate_ppm IS NULL AND reckoned.balance_days <> 0) AS lacks_rate,
               jsonb_agg(jsonb_build_object(
                   'part', reckoned.part, 'rate_kind', reckoned.rate_kind, 'from', reckoned.starts_on,
                   'to', reckoned.ends_before, 'rate_ppm', reckoned.rate_ppm, 'balance_days', reckoned.balance_days)
                   ORDER BY reckoned.part DESC, reckoned.starts_on) AS segments
          FROM reckoned
         GROUP BY reckoned.ord
    )
    SELECT asked.ord,
           CASE WHEN term.day_count_basis IS NULL THEN 'no_rule' WHEN summed.lacks_rate THEN 'no_rate' END,
           coalesce(summed.current_year_days, 0)::bigint, coalesce(summed.carried_over_days, 0)::bigint,
           coalesce(interest_rounded(summed.current_year_ppm, term.day_count_basis, term.rounding), 0),
           coalesce(interest_rounded(summed.carried_over_ppm, term.day_count_basis, term.rounding), 0),
           coalesce(ended.fen, 0)::bigint,
           term.day_count_basis, term.rounding, coalesce(summed.segments, '[]')
      FROM asked
      JOIN term ON term.pool_code = asked.pool_code AND term.year_start = asked.year_start
               AND term.from_day = asked.from_day AND term.to_day = asked.to_day
      LEFT JOIN summed ON summed.ord = asked.ord
      LEFT JOIN ended ON ended.ord = asked.ord;
END
$$;
COMMENT ON FUNCTION interest_reckon(bigint[], uuid[], text[], date[], date[], date[]) IS
    'Reckons the interest of accounts over days of one interest year; one row for each period, with how it comes about';
