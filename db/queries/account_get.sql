-- Reads accounts with the name of their pool.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: read
-- repeatable: yes
-- param: person_key int8
-- param: account_id uuid
-- column: ord int8
-- column: account_id uuid
-- column: person_id uuid
-- column: pool_code text
-- column: pool_name text
-- column: status text
-- column: opened_at instant
-- column: last_posted_at instant
SELECT asked.ord, account.account_id, account.person_id, account.pool_code,
       coalesce(pool.name, CASE account.pool_code WHEN '000000' THEN '医保钱包' END, account.pool_code),
       account.status, account.opened_at, account.last_posted_at
  FROM unnest($1::bigint[], $2::uuid[]) WITH ORDINALITY AS asked (person_key, account_id, ord)
  JOIN account ON account.person_key = asked.person_key AND account.account_id = asked.account_id
  LEFT JOIN pool ON pool.pool_code = account.pool_code
 ORDER BY asked.ord
