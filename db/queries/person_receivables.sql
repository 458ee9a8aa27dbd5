-- Lists what persons owe, newest first; one row without a receivable where there is none.
-- SPDX-License-Identifier: Apache-2.0
-- No row at all when the person is absent or has nothing in the visible pools.
-- mode: set
-- lane: read
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: person_id uuid
-- param: visible text
-- column: ord int8
-- column: receivable_id uuid
-- column: person_id uuid
-- column: account_id uuid
-- column: pool_code text
-- column: pool_name text
-- column: kind text
-- column: state text
-- column: amount_fen int8
-- column: settled_fen int8
-- column: open_fen int8
-- column: contribution_id uuid
-- column: credit_id uuid
-- column: period date
-- column: operation_id uuid
-- column: business_date date
-- column: created_at instant
SELECT asked.ord, receivable.receivable_id, asked.person_id, receivable.account_id, receivable.pool_code,
       coalesce(pool.name, receivable.pool_code), receivable.kind, receivable.state, receivable.amount_fen,
       receivable.settled_fen,
       CASE receivable.state WHEN 'open' THEN receivable.amount_fen - receivable.settled_fen ELSE 0 END,
       receivable.contribution_id, receivable.credit_id, coalesce(source.period, credited.period_start),
       receivable.operation_id, receivable.business_date, receivable.created_at
  FROM unnest($1::bigint[], $2::uuid[], $3::text[]) WITH ORDINALITY AS asked (person_key, person_id, visible, ord)
  JOIN person ON person.person_key = asked.person_key AND person.person_id = asked.person_id
  LEFT JOIN receivable ON receivable.person_key = asked.person_key
       AND (asked.visible IS NULL OR receivable.pool_code LIKE ANY (string_to_array(asked.visible, ',')))
  LEFT JOIN pool ON pool.pool_code = receivable.pool_code
  LEFT JOIN LATERAL (SELECT contribution.period
                       FROM contribution
                      WHERE contribution.person_key = asked.person_key
                        AND contribution.contribution_id = receivable.contribution_id) AS source ON true
  LEFT JOIN LATERAL (SELECT pensioner_credit.period_start
                       FROM pensioner_credit
                      WHERE pensioner_credit.person_key = asked.person_key
                        AND pensioner_credit.credit_id = receivable.credit_id) AS credited ON true
 WHERE asked.visible IS NULL OR person_is_visible(asked.person_key, asked.visible)
 ORDER BY asked.ord, receivable.created_at DESC, receivable.receivable_id DESC
