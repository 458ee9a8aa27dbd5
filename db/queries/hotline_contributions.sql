-- Reads how often somebody has paid in a span of months, the last payment, and the newest three records.
-- SPDX-License-Identifier: Apache-2.0
-- One row for each record, newest first, the sums in each; one row without a record when there is none. What was taken
-- back counts nowhere. A period is paid as in coverage_history: not by deemed years, and not when all was refunded.
-- lane: slow
-- repeatable: yes
-- param: person_key int8
-- param: visible text
-- param: from_month date
-- param: to_month date
-- column: is_employee bool
-- column: months_paid int8
-- column: last_scheme text
-- column: last_kind text
-- column: last_period date
-- column: last_personal_fen int8
-- column: scheme text
-- column: kind text
-- column: period date
-- column: personal_fen int8
-- column: paid_on date
-- column: to_month date
WITH own AS MATERIALIZED (
    SELECT contribution.pool_code, contribution.scheme, contribution.kind, contribution.period,
           contribution.personal_fen, contribution.paid_on,
           contribution.personal_fen + contribution.employer_fen + contribution.subsidy_fen AS total_fen,
           row_number() OVER (ORDER BY contribution.period DESC, contribution.scheme DESC, contribution.kind DESC,
                                       contribution.source_document DESC) AS place
      FROM contribution
     WHERE contribution.person_key = $1 AND contribution.status IN ('recorded', 'posted')
       AND ($2::text IS NULL OR contribution.pool_code LIKE ANY (string_to_array($2, ',')))
), paid AS (
    SELECT own.scheme, own.pool_code, own.period
      FROM own
     WHERE own.kind <> 'deemed_years'
     GROUP BY own.scheme, own.pool_code, own.period
    HAVING bool_or(own.kind <> 'refund')
       AND (NOT bool_or(own.kind = 'refund')
            OR sum(CASE own.kind WHEN 'refund' THEN -own.total_fen ELSE own.total_fen END) > 0)
), summary AS (
    SELECT EXISTS (SELECT FROM own WHERE own.scheme = 'employee') AS is_employee,
           count(DISTINCT paid.period) FILTER (WHERE paid.scheme = 'employee' AND paid.period BETWEEN $3 AND $4)
               AS months_paid
      FROM paid
)
SELECT summary.is_employee, summary.months_paid, last_paid.scheme, last_paid.kind, last_paid.period,
       last_paid.personal_fen, own.scheme, own.kind, own.period, own.personal_fen, own.paid_on, $4::date
  FROM summary
  LEFT JOIN (SELECT own.*
               FROM own
               JOIN paid USING (scheme, pool_code, period)
              WHERE own.kind IN ('regular', 'back_payment')
              ORDER BY own.place
              LIMIT 1) AS last_paid ON true
  LEFT JOIN own ON own.place <= 3
 ORDER BY own.place
