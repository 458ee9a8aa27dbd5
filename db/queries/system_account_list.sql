-- Reads one page of the system accounts of a pool, in the order of their names, with their balances.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: visible text
-- param: pool_code text
-- param: after_name text
-- param: row_limit int8
-- column: system_account text
-- column: kind text
-- column: pool_code text
-- column: counterparty text
-- column: balance_fen int8
-- column: entries int8
-- column: snapshot_at instant
WITH page AS MATERIALIZED (
    SELECT one.*
      FROM system_account AS one
     WHERE one.pool_code = $2 AND one.system_account > $3
       AND ($1::text IS NULL OR one.pool_code LIKE ANY (string_to_array($1, ',')))
     ORDER BY one.system_account
     LIMIT $4
)
SELECT page.system_account, page.kind, page.pool_code, page.counterparty, coalesce(sums.balance_fen, 0),
       coalesce(sums.entries, 0), sums.cut_at
  FROM page
  LEFT JOIN system_account_balances(ARRAY(SELECT page.system_account FROM page)) AS sums
         ON sums.system_account = page.system_account
 ORDER BY page.system_account
