-- Reads the balance of an account for somebody whom its owner lets look at it.
-- SPDX-License-Identifier: Apache-2.0
-- Parameters and columns begin with those of account_balance, which tells people of their own. No row without a grant
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
-- column: person_id uuid
-- column: pool_code text
-- column: current_year_fen int8
-- column: carried_over_fen int8
-- column: held_fen int8
-- column: version int8
-- column: changed_at instant
SELECT 1::bigint, account.person_id, account.pool_code, account.current_year_fen, account.carried_over_fen,
       account.held_fen, account.version, coalesce(account.last_posted_at, account.opened_at)
  FROM view_look($1, $2, $3, 'balance', $4, $5, $6, $7) AS granted
  JOIN account ON account.person_key = $1 AND account.account_id = $2
