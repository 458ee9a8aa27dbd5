-- The terms on which accounts of a pool bear interest over the days of a year:
-- all of rule and rates that decides the sums.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the pool, the first day of the interest year, and the day after its last. Locks nothing.
-- Outcomes: an object: the rule (null where there is none), and the spans of each kind of rate that it names.
CREATE OR REPLACE FUNCTION interest_terms(asked_pool_code text, starts_on date, ends_before date) RETURNS jsonb
    LANGUAGE sql STABLE AS $$
WITH rule AS MATERIALIZED (
    SELECT found.current_year_rate, found.carried_over_rate, found.day_count_basis, found.rounding
      FROM interest_rule_at(asked_pool_code, starts_on) AS found
)
SELECT jsonb_build_object(
           'rule', (SELECT to_jsonb(rule) FROM rule),
           'rates', (SELECT jsonb_agg(jsonb_build_array(kind.rate_kind, span.starts_on, span.rate_ppm)
                                      ORDER BY kind.rate_kind, span.starts_on)
                       FROM (SELECT rule.current_year_rate AS rate_kind FROM rule
                             UNION
                             SELECT rule.carried_over_rate FROM rule) AS kind
                      CROSS JOIN LATERAL interest_rate_spans(asked_pool_code, kind.rate_kind, interest_terms.starts_on,
                                                             interest_terms.ends_before) AS span))
$$;
COMMENT ON FUNCTION interest_terms(text, date, date) IS
    'Rule and rates on which accounts of a pool bear interest over the days of a year';
