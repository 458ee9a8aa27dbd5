-- Reads an account for somebody whom its owner lets look at it.
-- SPDX-License-Identifier: Apache-2.0
-- Parameters and columns begin with those of account_get, which tells people of their own. No row without a grant
-- in force; that somebody looked is recorded in the same transaction.
-- lane: slow
-- repeatable: yes
-- param: person_key int8
-- param: account_id uuid
-- param: viewer_id uuid
-- param: at instant (real time)
-- param: action text
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: account_id uuid
-- column: person_id uuid
-- column: pool_code text
-- column: pool_name text
-- column: status text
-- column: opened_at instant
-- column: last_posted_at instant
SELECT 1::bigint, account.account_id, account.person_id, account.pool_code, coalesce(pool.name, account.pool_code),
       account.status, account.opened_at, account.last_posted_at
  FROM view_look($1, $2, $3, 'balance', $4, $5, $6, $7) AS granted
  JOIN account ON account.person_key = $1 AND account.account_id = $2
  LEFT JOIN pool ON pool.pool_code = account.pool_code
