-- Lists the accounts of persons, the one opened last first; one row without an account where there is none.
-- SPDX-License-Identifier: Apache-2.0
-- No row at all when the person is absent or has nothing in the visible pools.
-- mode: set
-- lane: read
-- repeatable: yes
-- param: person_key int8
-- param: person_id uuid
-- param: visible text
-- column: ord int8
-- column: account_id uuid
-- column: person_id uuid
-- column: pool_code text
-- column: pool_name text
-- column: status text
-- column: opened_at instant
-- column: last_posted_at instant
SELECT asked.ord, account.account_id, asked.person_id, account.pool_code,
       coalesce(pool.name, CASE account.pool_code WHEN '000000' THEN '医保钱包' END, account.pool_code),
       account.status, account.opened_at, account.last_posted_at
  FROM unnest($1::bigint[], $2::uuid[], $3::text[]) WITH ORDINALITY AS asked (person_key, person_id, visible, ord)
  JOIN person ON person.person_key = asked.person_key AND person.person_id = asked.person_id
  LEFT JOIN account ON account.person_key = asked.person_key
       AND (asked.visible IS NULL OR account.pool_code LIKE ANY (string_to_array(asked.visible, ',')))
  LEFT JOIN pool ON pool.pool_code = account.pool_code
 WHERE asked.visible IS NULL OR person_is_visible(asked.person_key, asked.visible)
 ORDER BY asked.ord, account.opened_at DESC, account.account_id DESC
