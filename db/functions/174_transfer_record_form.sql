-- The record form (参保凭证) of what somebody has contributed to a pool in a scheme: periods and sums, nothing personal.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. What was reversed or withdrawn does not count, nor what was refunded in full; a year of the resident
-- scheme is twelve months. Outcomes: {"region_code", "scheme", "months", "periods": [{"from", "to", "months"}, …],
-- "personal_fen", "employer_fen", "subsidy_fen"}, the periods as ranges of months without a gap, oldest first.
CREATE OR REPLACE FUNCTION transfer_record_form(asked_person_key bigint, asked_pool_code text, asked_scheme text)
RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN (
        WITH counting AS MATERIALIZED (
            SELECT contribution.period, contribution.kind,
                   CASE contribution.kind WHEN 'refund' THEN -1 ELSE 1 END AS sign, contribution.personal_fen,
                   contribution.employer_fen, contribution.subsidy_fen
              FROM contribution
             WHERE contribution.person_key = asked_person_key AND contribution.pool_code = asked_pool_code
               AND contribution.scheme = asked_scheme AND contribution.status IN ('recorded', 'posted')
        ), period AS (
            SELECT counting.period
              FROM counting
             GROUP BY counting.period
            HAVING bool_or(counting.kind = 'deemed_years')
                OR (bool_or(counting.kind <> 'refund')
                    AND (NOT bool_or(counting.kind = 'refund')
                         OR sum(counting.sign * (counting.personal_fen + counting.employer_fen
                                                 + counting.subsidy_fen)) > 0))
        ), month AS (
            SELECT DISTINCT (period.period + make_interval(months => step.months))::date AS month
              FROM period
             CROSS JOIN generate_series(0, CASE asked_scheme WHEN 'resident' THEN 11 ELSE 0 END) AS step (months)
        ), island AS (
            SELECT month.month,
                   month.month - make_interval(months => row_number() OVER (ORDER BY month.month)::integer) AS island
              FROM month
        ), span AS (
            SELECT min(island.month) AS starts, max(island.month) AS ends, count(*) AS months
              FROM island
             GROUP BY island.island
        )
        SELECT jsonb_build_object(
                   'region_code', asked_pool_code, 'scheme', asked_scheme,
                   'months', coalesce((SELECT sum(span.months) FROM span), 0),
                   'periods', coalesce((SELECT jsonb_agg(jsonb_build_object(
                                                   'from', to_char(span.starts, 'YYYY-MM'),
                                                   'to', to_char(span.ends, 'YYYY-MM'), 'months', span.months)
                                                   ORDER BY span.starts)
                                          FROM span), '[]'),
                   'personal_fen', coalesce(sum(counting.sign * counting.personal_fen), 0),
                   'employer_fen', coalesce(sum(counting.sign * counting.employer_fen), 0),
                   'subsidy_fen', coalesce(sum(counting.sign * counting.subsidy_fen), 0))
          FROM counting);
END
$$;
COMMENT ON FUNCTION transfer_record_form(bigint, text, text) IS
    'The record form of what somebody has contributed to a pool in a scheme: periods and sums, nothing personal';
