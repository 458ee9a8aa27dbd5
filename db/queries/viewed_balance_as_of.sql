-- Reads the balance of an account at a past instant for somebody whom its owner lets look at it.
-- SPDX-License-Identifier: Apache-2.0
-- Parameters and columns begin with those of account_balance_as_of, which tells people of their own. No row without a
-- grant in force; that somebody looked is recorded in the same transaction.
-- lane: slow
-- repeatable: yes
-- param: person_key int8
-- param: account_id uuid
-- param: as_of instant
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
SELECT 1::bigint, account.person_id, account.pool_code, coalesce(entry.current_year_after_fen, 0),
       coalesce(entry.carried_over_after_fen, 0), held.amount_fen
  FROM view_look($1, $2, $4, 'balance', $5, $6, $7, $8) AS granted
  JOIN account ON account.person_key = $1 AND account.account_id = $2
  LEFT JOIN LATERAL (SELECT ledger_entry.current_year_after_fen, ledger_entry.carried_over_after_fen
                       FROM ledger_entry
                      WHERE ledger_entry.person_key = $1 AND ledger_entry.account_id = $2
                        AND ledger_entry.posted_at <= $3
                      ORDER BY ledger_entry.posted_at DESC, ledger_entry.seq DESC
                      LIMIT 1) AS entry ON true
 CROSS JOIN LATERAL (SELECT coalesce(sum(CASE hold_event.kind WHEN 'opened' THEN hold_event.amount_fen
                                                              ELSE -hold_event.amount_fen END), 0)::bigint AS amount_fen
                       FROM hold_event
                      WHERE hold_event.person_key = $1 AND hold_event.account_id = $2
                        AND hold_event.posted_at <= $3) AS held
