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
-- column: changed_at instant
-- column: version int8
-- column: current_year_fen int8
-- column: carried_over_fen int8
-- column: held_fen int8
SELECT asked.ord, account.account_id, account.person_id, account.pool_code, pool.name, account.status,
       account.opened_at, coalesce(account.last_posted_at, account.opened_at), account.version,
       account.current_year_fen, account.carried_over_fen, account.held_fen
  FROM unnest($1::bigint[], $2::uuid[]) WITH ORDINALITY AS asked (person_key, account_id, ord)
  JOIN account ON account.person_key = asked.person_key AND account.account_id = asked.account_id
  LEFT JOIN pool ON pool.pool_code = account.pool_code
 ORDER BY asked.ord
