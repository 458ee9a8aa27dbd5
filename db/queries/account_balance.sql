-- Reads the balances of accounts: the hottest statement of all, one probe of the primary key for each member.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: read
-- repeatable: yes
-- param: person_key int8
-- param: account_id uuid
-- column: ord int8
-- column: person_id uuid
-- column: pool_code text
-- column: current_year_fen int8
-- column: carried_over_fen int8
-- column: held_fen int8
-- column: version int8
-- column: changed_at instant
SELECT asked.ord, account.person_id, account.pool_code, account.current_year_fen, account.carried_over_fen,
       account.held_fen, account.version, coalesce(account.last_posted_at, account.opened_at)
  FROM unnest($1::bigint[], $2::uuid[]) WITH ORDINALITY AS asked (person_key, account_id, ord)
  JOIN account ON account.person_key = asked.person_key AND account.account_id = asked.account_id
 ORDER BY asked.ord
