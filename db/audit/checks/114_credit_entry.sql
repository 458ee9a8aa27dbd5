-- I5: the ledger has what each credit of a pensioner says, to its account from the funds of its pool, and each such entry its credit.
-- SPDX-License-Identifier: Apache-2.0
-- The entries of a credit have its id as their operation. Gross amount and deduction each move in one direction, a difference that
-- takes back maybe from both parts of the balance. What a first credit is for decides its part: months of a former account year are
-- carried over (where the pool's year has changed since, either part is believed). Copies of merges have no entries. Those of a
-- difference are linked to those of the first credit of the pool for the period, which may stand with a record that was merged.
WITH credited AS MATERIALIZED (
    SELECT person_key, credit_id, account_id, pool_code, gross_fen, deduction_fen, receivable_fen, posted_at, business_date,
           revision, origin_credit_id, policy_id, period_start, period,
           ('x' || right(credit_id::text, 12))::bit(48)::bigint
           + (('x' || substr(credit_id::text, 20, 4))::bit(16)::bigint & 16383) * 281474976710656 AS id_key,
           count(*) OVER (PARTITION BY person_key, credit_id) AS sharing,
           first_value(coalesce(origin_credit_id, credit_id)) OVER of_pool AS first_id,
           first_value(gross_fen) OVER of_pool AS first_gross_fen, first_value(deduction_fen) OVER of_pool AS first_deduction_fen
    FROM pensioner_credit
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
    WINDOW of_pool AS (PARTITION BY person_key, period_start, plan_code, pool_code ORDER BY revision)
), entry AS MATERIALIZED (
    SELECT person_key, entry_id, operation_id, account_id, seq, kind, direction, part, system_account, amount_fen, business_date,
           posted_at, reference, linked_entry_id,
           CASE direction WHEN 'credit' THEN amount_fen ELSE -amount_fen END AS signed_fen
    FROM ledger_entry
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
      AND kind IN ('pensioner_credit', 'credit_deduction', 'receivable')
), timing AS MATERIALIZED (
    SELECT used.*, CASE WHEN basis.month < account_year.starts_on THEN 'carried_over' ELSE 'current_year' END AS part
    FROM (SELECT DISTINCT policy_id, period_start, pool_code, business_date FROM credited WHERE revision = 0) AS used
    JOIN credit_policy AS policy USING (policy_id)
    JOIN pool ON pool.pool_code = used.pool_code
    CROSS JOIN LATERAL (SELECT used.period_start + make_interval(months => coalesce(policy.posting_month, 1) - 1) AS month) AS basis
    CROSS JOIN LATERAL (SELECT make_interval(months => pool.account_year_starts_month - 1) AS later) AS shift
    CROSS JOIN LATERAL (SELECT date_trunc('year', used.business_date - shift.later) + shift.later AS starts_on) AS account_year
    WHERE NOT EXISTS (SELECT FROM audit_event AS event
                      WHERE event.action = 'put_pool' AND event.pool_code = used.pool_code
                        AND (event.detail #>> '{before,account_year_starts_month}')::int <> pool.account_year_starts_month)
), paired AS MATERIALIZED (
    SELECT credited.*, entry.account_id AS of_account_id, entry.seq, entry.kind, entry.direction, entry.part, entry.system_account,
           entry.business_date AS of_business_date, entry.posted_at AS of_posted_at, entry.reference, entry.signed_fen,
           entry.linked_entry_id, credited.first_id <> credited.credit_id
               AND CASE entry.kind WHEN 'credit_deduction' THEN first_deduction_fen ELSE first_gross_fen END <> 0 AS has_original
    FROM credited
    LEFT JOIN entry ON entry.person_key = credited.person_key AND entry.operation_id = credited.credit_id
), summed AS (
    SELECT person_key, credit_id, min(id_key) AS id_key, min(sharing) AS sharing,
           min(CASE WHEN origin_credit_id IS NULL THEN gross_fen ELSE 0 END) AS gross_fen,
           min(CASE WHEN origin_credit_id IS NULL THEN deduction_fen ELSE 0 END) AS deduction_fen,
           min(CASE WHEN origin_credit_id IS NULL THEN receivable_fen ELSE 0 END) AS receivable_fen,
           coalesce(sum(signed_fen) FILTER (WHERE kind = 'pensioner_credit'), 0) AS moved_gross_fen,
           coalesce(-sum(signed_fen) FILTER (WHERE kind = 'credit_deduction'), 0) AS moved_deduction_fen,
           coalesce(sum(signed_fen) FILTER (WHERE kind = 'receivable'), 0) AS moved_receivable_fen,
           count(*) FILTER (WHERE revision = 0 AND kind = 'pensioner_credit') AS first_entries
    FROM paired
    GROUP BY person_key, credit_id
)
SELECT 'pensioner_credit', summed.credit_id::text, fault.column_name, fault.expected, fault.found
FROM summed
CROSS JOIN LATERAL (
    SELECT 'credit_id', 'an id of person ' || summed.person_key, 'one of ' || summed.id_key WHERE summed.id_key <> summed.person_key
    UNION ALL
    SELECT 'credit_id', '1 credit', summed.sharing::text WHERE summed.sharing <> 1
    UNION ALL
    SELECT 'credit_id', '1 ledger entry of its gross amount', summed.first_entries::text WHERE summed.first_entries > 1
    UNION ALL
    SELECT 'gross_fen', summed.moved_gross_fen::text, summed.gross_fen::text WHERE summed.moved_gross_fen <> summed.gross_fen
    UNION ALL
    SELECT 'deduction_fen', summed.moved_deduction_fen::text, summed.deduction_fen::text
    WHERE summed.moved_deduction_fen <> summed.deduction_fen
    UNION ALL
    SELECT 'receivable_fen', summed.moved_receivable_fen::text, summed.receivable_fen::text
    WHERE summed.moved_receivable_fen <> summed.receivable_fen
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'ledger_entry', paired.of_account_id || '/' || paired.seq, fault.column_name, fault.expected, fault.found
FROM paired
LEFT JOIN timing ON timing.policy_id = paired.policy_id AND timing.period_start = paired.period_start
                AND timing.pool_code = paired.pool_code AND timing.business_date = paired.business_date
LEFT JOIN entry AS original ON original.person_key = paired.person_key AND original.entry_id = paired.linked_entry_id
CROSS JOIN LATERAL (
    SELECT 'account_id', paired.account_id::text, paired.of_account_id::text WHERE paired.of_account_id <> paired.account_id
    UNION ALL
    SELECT 'business_date', paired.business_date::text, paired.of_business_date::text
    WHERE paired.of_business_date <> paired.business_date
    UNION ALL
    SELECT 'posted_at', paired.posted_at::text, paired.of_posted_at::text WHERE paired.of_posted_at <> paired.posted_at
    UNION ALL
    SELECT 'system_account', 'one of pool ' || paired.pool_code, paired.system_account
    WHERE split_part(paired.system_account, ':', 2) <> paired.pool_code
    UNION ALL
    SELECT 'direction', 'that of its credit', paired.direction
    WHERE CASE paired.kind WHEN 'pensioner_credit' THEN (paired.signed_fen > 0) <> (paired.gross_fen > 0)
                           WHEN 'credit_deduction' THEN (paired.signed_fen > 0) <> (paired.deduction_fen < 0) END
    UNION ALL
    SELECT 'reference', to_char(paired.period_start, CASE paired.period WHEN 'year' THEN 'YYYY' ELSE 'YYYY-MM' END), paired.reference
    WHERE paired.kind <> 'receivable'
      AND paired.reference <> to_char(paired.period_start, CASE paired.period WHEN 'year' THEN 'YYYY' ELSE 'YYYY-MM' END)
    UNION ALL
    SELECT 'part', timing.part, paired.part WHERE paired.revision = 0 AND paired.part <> timing.part
    UNION ALL
    SELECT 'linked_entry_id', CASE WHEN paired.has_original THEN 'an entry of ' || paired.first_id ELSE 'none' END,
           coalesce(paired.linked_entry_id::text, 'none')
    WHERE paired.kind <> 'receivable' AND (paired.linked_entry_id IS NOT NULL) <> paired.has_original
    UNION ALL
    SELECT 'linked_entry_id', 'an entry of ' || paired.first_id, paired.linked_entry_id::text
    WHERE paired.kind <> 'receivable' AND paired.has_original AND paired.linked_entry_id IS NOT NULL
      AND (original.kind, original.operation_id) IS DISTINCT FROM (paired.kind, paired.first_id)
      AND NOT EXISTS (SELECT FROM ledger_entry AS given
                      JOIN person_alias AS alias ON alias.person_key = given.person_key
                      WHERE original.entry_id IS NULL AND alias.current_person_key IN (
                                paired.person_key, (SELECT own.current_person_key FROM person_alias AS own
                                                    WHERE own.person_key = paired.person_key))
                        AND given.person_key = ('x' || right(paired.first_id::text, 12))::bit(48)::bigint
                            + (('x' || substr(paired.first_id::text, 20, 4))::bit(16)::bigint & 16383) * 281474976710656
                        AND given.entry_id = paired.linked_entry_id AND given.kind = paired.kind
                        AND given.operation_id = paired.first_id)
) AS fault (column_name, expected, found)
WHERE paired.seq IS NOT NULL
UNION ALL
SELECT 'ledger_entry', entry.account_id || '/' || entry.seq, 'operation_id', 'a credit of a pensioner', 'none'
FROM entry
WHERE entry.kind <> 'receivable'
  AND NOT EXISTS (SELECT FROM credited
                  WHERE credited.person_key = entry.person_key AND credited.credit_id = entry.operation_id)
