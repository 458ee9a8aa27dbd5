-- From when on somebody gets the amount of the next tier of a plan, as far as it is known today.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the pool and plan, the version that holds now and the tier that was reached; the date of birth and the
-- first month of entitlement. Locks: none.
-- Outcomes: one row, or none where no tier is left. A month of a monthly plan, the posting month of a yearly one. It is
-- looked for in the two years from the birthday on, each month by the version that is in force then:
-- a year's day of age is at most a year later.
CREATE OR REPLACE FUNCTION credit_next_tier(
    pool_code text, plan_code text, policy_id uuid, reached_age integer, birth_date date, first_month date)
RETURNS TABLE (month date, min_age smallint, period text, gross_fen bigint, deduction_fen bigint)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH next AS (
        SELECT tier.min_age, policy.posting_month,
               date_trunc('month', credit_next_tier.birth_date + tier.min_age * interval '1 year')::date AS birthday
          FROM credit_policy_tier AS tier
          JOIN credit_policy AS policy ON policy.policy_id = tier.policy_id
         WHERE tier.policy_id = credit_next_tier.policy_id AND tier.min_age > reached_age
         ORDER BY tier.min_age
         LIMIT 1
    ), candidate AS MATERIALIZED (
        SELECT one.month::date AS month, next.min_age, version.policy_id
          FROM next
         CROSS JOIN generate_series(next.birthday, next.birthday + interval '24 months',
                                    interval '1 month') AS one (month)
         CROSS JOIN LATERAL credit_policy_at(credit_next_tier.pool_code,
                                             credit_next_tier.plan_code, one.month::date) AS version
         WHERE (extract(month FROM one.month) = version.posting_month) IS NOT FALSE
    ), wanted AS (
        SELECT array_agg(c.policy_id ORDER BY c.month) AS policy_ids, array_agg(c.month ORDER BY c.month) AS months,
               count(*)::int AS number
          FROM candidate AS c
    )
    SELECT wanted.months[r.ord], r.min_age, r.period, r.gross_fen, r.deduction_fen
      FROM wanted, next,
           credit_reckon(wanted.policy_ids, array_fill(credit_next_tier.birth_date, ARRAY[wanted.number]),
                         wanted.months, array_fill(credit_next_tier.first_month, ARRAY[wanted.number]),
                         array_fill(NULL::date, ARRAY[wanted.number])) AS r
     WHERE wanted.number > 0 AND r.status = 'due' AND r.min_age >= next.min_age
     ORDER BY wanted.months[r.ord]
     LIMIT 1;
END
$$;
COMMENT ON FUNCTION credit_next_tier(text, text, uuid, integer, date, date) IS
    'From when on somebody gets the amount of the next tier of a plan, as far as it is known today';
