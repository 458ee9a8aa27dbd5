-- Reads one person's history for a statement of coverage: the person, enrolments, months and years paid in each pool.
-- SPDX-License-Identifier: Apache-2.0
-- No row at all when the person is absent or has nothing in the visible pools; else everything there is, for a
-- statement that leaves months out would be wrong. What was reversed or withdrawn does not count, nor what was refunded
-- in full. Periods come last, oldest first. paid_on is null for what was paid in time; a back-payment without a day has
-- that of its recording.
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: person_id uuid
-- param: visible text
-- column: part text
-- column: scheme text
-- column: pool_code text
-- column: pool_name text
-- column: status text
-- column: exempt_group text
-- column: started_on date
-- column: ended_on date
-- column: retired_on date
-- column: period date
-- column: paid_on date
-- column: is_deemed bool
-- column: sex text
-- column: birth_date date
-- column: deceased_on date
WITH asked AS MATERIALIZED (
    SELECT person.person_key, person.sex, person.birth_date, person.deceased_on
      FROM person
     WHERE person.person_key = $1 AND person.person_id = $2 AND ($3::text IS NULL OR person_is_visible($1, $3))
), counting AS MATERIALIZED (
    SELECT contribution.scheme, contribution.pool_code, contribution.period, contribution.kind, contribution.paid_on,
           contribution.personal_fen + contribution.employer_fen + contribution.subsidy_fen AS total_fen,
           (contribution.recorded_at AT TIME ZONE 'Asia/Shanghai')::date AS recorded_on
      FROM asked
      JOIN contribution ON contribution.person_key = asked.person_key
     WHERE contribution.status IN ('recorded', 'posted')
), paid AS (
    SELECT counting.scheme, counting.pool_code, counting.period, false AS is_deemed,
           CASE WHEN counting.scheme = 'resident' OR NOT bool_or(counting.kind IN ('regular', 'base_adjustment'))
                THEN min(coalesce(counting.paid_on,
                                  CASE counting.kind WHEN 'back_payment' THEN counting.recorded_on END))
                     FILTER (WHERE counting.kind <> 'refund') END AS paid_on
      FROM counting
     WHERE counting.kind <> 'deemed_years'
     GROUP BY counting.scheme, counting.pool_code, counting.period
    HAVING bool_or(counting.kind <> 'refund')
       AND (NOT bool_or(counting.kind = 'refund')
            OR sum(CASE counting.kind WHEN 'refund' THEN -counting.total_fen ELSE counting.total_fen END) > 0)
    UNION ALL
    SELECT DISTINCT counting.scheme, counting.pool_code, counting.period, true, NULL::date
      FROM counting
     WHERE counting.kind = 'deemed_years'
)
SELECT 'person', NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::date, NULL::date, NULL::date,
       NULL::date, NULL::date, NULL::boolean, asked.sex, asked.birth_date, asked.deceased_on
  FROM asked
UNION ALL
SELECT 'enrolment', enrolment.scheme, enrolment.pool_code, coalesce(pool.name, enrolment.pool_code), enrolment.status,
       enrolment.exempt_group, enrolment.started_on, enrolment.ended_on, enrolment.retired_on, NULL, NULL, NULL, NULL,
       NULL, NULL
  FROM asked
  JOIN enrolment ON enrolment.person_key = asked.person_key
  LEFT JOIN pool ON pool.pool_code = enrolment.pool_code
UNION ALL
SELECT 'period', paid.scheme, paid.pool_code, coalesce(pool.name, paid.pool_code), NULL, NULL, NULL, NULL, NULL,
       paid.period, paid.paid_on, paid.is_deemed, NULL, NULL, NULL
  FROM paid
  LEFT JOIN pool ON pool.pool_code = paid.pool_code
 ORDER BY 10 NULLS FIRST, 2, 3, 7
