-- I5: the ledger has what each credit of a pensioner says, to its account from the funds of its pool,
-- and each such entry its credit.
-- SPDX-License-Identifier: Apache-2.0
-- The entries of a credit have its id as their operation. Gross amount and deduction each move in one direction, a
-- difference that takes back maybe from both parts of the balance. What a first credit is for decides its part: months
-- of a former account year are carried over (where the pool's year has changed since, either part is believed). Copies
-- of merges have no entries. Those of a difference are linked to those of the first credit of the pool for the period,
-- which may stand with a record that was merged.
WITH credited AS MATERIALIZED (
    SELECT person_key, credit_id, account_id, pool_code, plan_code, gross_fen, deduction_fen, receivable_fen, posted_at,
           business_date, revision, origin_credit_id, policy_id, period_start, period
    FROM pensioner_credit
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
), entry AS MATERIALIZED (
    SELECT person_key, entry_id, operation_id, account_id, seq, kind, part, system_account, business_date, posted_at,
           reference, linked_entry_id, direction, CASE direction WHEN 'credit' THEN amount_fen
                                                       ELSE -amount_fen END AS signed_fen
    FROM ledger_entry
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND kind IN ('pensioner_credit',
                                                                    'credit_deduction', 'receivable')
), timing AS MATERIALIZED (
    SELECT used.*, to_char(used.period_start, CASE used.period WHEN 'year' THEN 'YYYY' ELSE 'YYYY-MM' END) AS of_period,
           CASE WHEN EXISTS (SELECT FROM audit_event AS event
                             WHERE event.action = 'put_pool' AND event.pool_code = used.pool_code
                               AND (event.detail #>> '{before,account_year_starts_month}')::int
                                   <> pool.account_year_starts_month)
                THEN NULL
                WHEN basis.month < account_year.starts_on THEN 'carried_over' ELSE 'current_year' END AS part
    FROM (SELECT DISTINCT policy_id, period_start, period, pool_code, business_date FROM credited) AS used
    LEFT JOIN credit_policy AS policy USING (policy_id)
    LEFT JOIN pool ON pool.pool_code = used.pool_code
    CROSS JOIN LATERAL (SELECT used.period_start
                               + make_interval(months => coalesce(policy.posting_month, 1) - 1) AS month) AS basis
    CROSS JOIN LATERAL (SELECT make_interval(months => pool.account_year_starts_month - 1) AS later) AS shift
    CROSS JOIN LATERAL (SELECT date_trunc('year', used.business_date - shift.later)
                               + shift.later AS starts_on) AS account_year
), moved AS MATERIALIZED (
    SELECT person_key, operation_id, count(*) AS entries,
           coalesce(sum(signed_fen) FILTER (WHERE kind = 'pensioner_credit'), 0)::bigint AS gross_fen,
           coalesce(-sum(signed_fen) FILTER (WHERE kind = 'credit_deduction'), 0)::bigint AS deduction_fen,
           coalesce(sum(signed_fen) FILTER (WHERE kind = 'receivable'), 0)::bigint AS receivable_fen
    FROM entry
    GROUP BY person_key, operation_id
), original AS MATERIALIZED (
    SELECT later.person_key, later.credit_id, first.credit_id <> later.credit_id AS is_later, first.id AS first_id,
           first.gross_fen,
           first.deduction_fen
    FROM credited AS later
    CROSS JOIN LATERAL (SELECT one.credit_id, coalesce(one.origin_credit_id, one.credit_id) AS id, one.gross_fen,
                        one.deduction_fen
                        FROM pensioner_credit AS one
                        WHERE one.person_key = later.person_key AND one.period_start = later.period_start
                          AND one.plan_code = later.plan_code AND one.pool_code = later.pool_code
                        ORDER BY one.revision LIMIT 1) AS first
    WHERE later.revision > 0 AND later.origin_credit_id IS NULL
), paired AS (
    SELECT entry.*, credited.account_id AS its_account_id, credited.business_date AS its_business_date,
           credited.posted_at AS its_posted_at, credited.pool_code, credited.revision, credited.origin_credit_id,
           timing.of_period,
           CASE WHEN credited.revision = 0 THEN timing.part END AS its_part,
           CASE entry.kind WHEN 'pensioner_credit' THEN credited.gross_fen
                WHEN 'credit_deduction' THEN -credited.deduction_fen
                           ELSE credited.receivable_fen END AS of_fen
    FROM entry
    JOIN credited ON credited.person_key = entry.person_key AND credited.credit_id = entry.operation_id
    JOIN timing ON timing.policy_id = credited.policy_id AND timing.period_start = credited.period_start
               AND timing.period = credited.period AND timing.pool_code = credited.pool_code
               AND timing.business_date = credited.business_date
)
SELECT 'pensioner_credit', credited.credit_id::text, fault.column_name, fault.expected, fault.found
FROM credited
LEFT JOIN moved ON moved.person_key = credited.person_key AND moved.operation_id = credited.credit_id
CROSS JOIN LATERAL (SELECT CASE WHEN credited.origin_credit_id IS NULL THEN credited.gross_fen ELSE 0 END AS gross_fen,
                           CASE WHEN credited.origin_credit_id IS NULL THEN credited.deduction_fen
                                ELSE 0 END AS deduction_fen,
                           CASE WHEN credited.origin_credit_id IS NULL THEN credited.receivable_fen
                                ELSE 0 END AS receivable_fen) AS own
CROSS JOIN LATERAL (
    SELECT 'credit_id', 'an id of person ' || credited.person_key, credited.credit_id::text
    WHERE substr(uuid_send(credited.credit_id), 9) <> int8send(credited.person_key | (-9223372036854775807 - 1))
    UNION ALL
    SELECT 'credit_id', '1 ledger entry of its gross amount and 1 of its deduction', moved.entries::text
    WHERE credited.revision = 0 AND moved.entries > (own.gross_fen <> 0)::int + (own.deduction_fen <> 0)::int
    UNION ALL
    SELECT 'gross_fen', coalesce(moved.gross_fen, 0)::text, own.gross_fen::text
    WHERE own.gross_fen <> coalesce(moved.gross_fen, 0)
    UNION ALL
    SELECT 'deduction_fen', coalesce(moved.deduction_fen, 0)::text, own.deduction_fen::text
    WHERE own.deduction_fen <> coalesce(moved.deduction_fen, 0)
    UNION ALL
    SELECT 'receivable_fen', coalesce(moved.receivable_fen, 0)::text, own.receivable_fen::text
    WHERE own.receivable_fen <> coalesce(moved.receivable_fen, 0)
) AS fault (column_name, expected, found)
WHERE (own.gross_fen, own.deduction_fen, own.receivable_fen)
      <> (coalesce(moved.gross_fen, 0), coalesce(moved.deduction_fen, 0), coalesce(moved.receivable_fen, 0))
   OR (credited.revision = 0 AND moved.entries > 1) OR substr(uuid_send(credited.credit_id), 9)
      <> int8send(credited.person_key | (-9223372036854775807 - 1))
UNION ALL
SELECT 'pensioner_credit', credited.credit_id::text, 'credit_id', '1 credit', count(*)::text
FROM credited
GROUP BY credited.person_key, credited.credit_id
HAVING count(*) > 1
UNION ALL
SELECT 'ledger_entry', paired.account_id || '/' || paired.seq, fault.column_name, fault.expected, fault.found
FROM paired
CROSS JOIN LATERAL (
    SELECT 'account_id', paired.its_account_id::text, paired.account_id::text
    WHERE paired.account_id <> paired.its_account_id
    UNION ALL
    SELECT 'business_date', paired.its_business_date::text, paired.business_date::text
    WHERE paired.business_date <> paired.its_business_date
    UNION ALL
    SELECT 'posted_at', paired.its_posted_at::text, paired.posted_at::text
    WHERE paired.posted_at <> paired.its_posted_at
    UNION ALL
    SELECT 'system_account', 'one of pool ' || paired.pool_code, paired.system_account
    WHERE split_part(paired.system_account, ':', 2) <> paired.pool_code
    UNION ALL
    SELECT 'direction', 'that of its credit', paired.direction WHERE (paired.signed_fen > 0) <> (paired.of_fen > 0)
    UNION ALL
    SELECT 'reference', paired.of_period, paired.reference
    WHERE paired.kind <> 'receivable' AND paired.reference <> paired.of_period
    UNION ALL
    SELECT 'part', paired.its_part, paired.part WHERE paired.part <> paired.its_part
    UNION ALL
    SELECT 'linked_entry_id', 'none', paired.linked_entry_id::text
    WHERE paired.revision = 0 AND paired.linked_entry_id IS NOT NULL
) AS fault (column_name, expected, found)
WHERE (paired.account_id, paired.business_date, paired.posted_at, split_part(paired.system_account, ':', 2),
       paired.signed_fen > 0)
      <> (paired.its_account_id, paired.its_business_date, paired.its_posted_at, paired.pool_code, paired.of_fen > 0)
   OR (paired.kind <> 'receivable' AND paired.reference <> paired.of_period) OR paired.part <> paired.its_part
   OR (paired.revision = 0 AND paired.linked_entry_id IS NOT NULL)
UNION ALL
SELECT 'ledger_entry', entry.account_id || '/' || entry.seq, 'linked_entry_id',
       CASE WHEN want.is_linked THEN 'an entry of ' || original.first_id ELSE 'none' END,
            coalesce(entry.linked_entry_id::text, 'none')
FROM original
JOIN entry ON entry.person_key = original.person_key AND entry.operation_id = original.credit_id
          AND entry.kind <> 'receivable'
LEFT JOIN entry AS given ON given.person_key = entry.person_key AND given.entry_id = entry.linked_entry_id
CROSS JOIN LATERAL (
    SELECT original.is_later
           AND CASE entry.kind WHEN 'credit_deduction' THEN original.deduction_fen
                    ELSE original.gross_fen END <> 0 AS is_linked) AS want
WHERE want.is_linked <> (entry.linked_entry_id IS NOT NULL)
   OR CASE WHEN NOT want.is_linked OR (given.kind, given.operation_id) = (entry.kind, original.first_id) THEN false
           ELSE NOT EXISTS (SELECT FROM ledger_entry AS elsewhere
                            JOIN person_alias AS alias ON alias.person_key = elsewhere.person_key
                            WHERE alias.current_person_key IN (entry.person_key,
                                                               (SELECT own.current_person_key FROM person_alias AS own
                                                                WHERE own.person_key = entry.person_key))
                              AND elsewhere.person_key = ('x' || right(original.first_id::text, 12))::bit(48)::bigint
                                  + (('x' || substr(original.first_id::text, 20, 4))::bit(16)::bigint & 16383)
                                    * 281474976710656
                              AND elsewhere.entry_id = entry.linked_entry_id AND elsewhere.kind = entry.kind
                              AND elsewhere.operation_id = original.first_id) END
UNION ALL
SELECT 'ledger_entry', entry.account_id || '/' || entry.seq, 'operation_id', 'a credit of a pensioner', 'none'
FROM entry
WHERE entry.kind <> 'receivable'
  AND NOT EXISTS (SELECT FROM credited WHERE credited.person_key = entry.person_key
                  AND credited.credit_id = entry.operation_id)
