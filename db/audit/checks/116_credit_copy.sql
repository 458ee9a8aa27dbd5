-- Merged pensioners: each credit of an alias has one copy at the current person,
-- each copy its origin with the same content.
-- SPDX-License-Identifier: Apache-2.0
-- The origin of a copy is the row that was posted, never itself a copy, at a person whose records were merged into the
-- same one. What counts anew at the current person is its place among the credits of the period and the sums with it
-- (112_credit), and the account.
WITH record AS (
    SELECT credit.*, alias.current_person_key,
           ('x' || right(origin_credit_id::text, 12))::bit(48)::bigint
           + (('x' || substr(origin_credit_id::text, 20, 4))::bit(16)::bigint & 16383) * 281474976710656 AS origin_key
    FROM pensioner_credit AS credit
    LEFT JOIN person_alias AS alias ON alias.person_key = credit.person_key AND alias.reason = 'merged'
    WHERE credit.person_key BETWEEN $1::bigint AND $2::bigint
      AND (credit.origin_credit_id IS NOT NULL OR alias.person_key IS NOT NULL)
)
SELECT 'pensioner_credit', copy.credit_id::text, 'origin_credit_id', 'a credit with the same content at an alias',
       'none'
FROM record AS copy
WHERE copy.origin_credit_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM pensioner_credit AS origin
                  JOIN person_alias AS alias ON alias.person_key = origin.person_key
                  WHERE origin.person_key = copy.origin_key AND origin.period_start = copy.period_start
                    AND origin.plan_code = copy.plan_code AND origin.credit_id = copy.origin_credit_id
                    AND origin.origin_credit_id IS NULL AND copy.reason IN (origin.reason, 'merged')
                    AND alias.current_person_key = coalesce(copy.current_person_key, copy.person_key)
                    AND to_jsonb(origin)
                        - '{person_key,credit_id,origin_credit_id,first_credit_id,account_id,revision,reason}'::text[]
                        - '{total_gross_fen,total_deduction_fen}'::text[]
                        = to_jsonb(copy)
                        - '{person_key,credit_id,origin_credit_id,first_credit_id,account_id,revision,reason}'::text[]
                        - '{total_gross_fen,total_deduction_fen,current_person_key,origin_key}'::text[])
UNION ALL
SELECT 'pensioner_credit', record.credit_id::text, 'person_key', '1 copy at the current person',
       count(copied.credit_id)::text
FROM record
LEFT JOIN pensioner_credit AS copied ON copied.person_key = record.current_person_key
                                    AND copied.period_start = record.period_start
     AND copied.plan_code = record.plan_code
     AND copied.origin_credit_id = coalesce(record.origin_credit_id, record.credit_id)
WHERE record.current_person_key IS NOT NULL
GROUP BY record.credit_id
HAVING count(copied.credit_id) <> 1
