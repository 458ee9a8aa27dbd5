-- Reads the balances of accounts as they were at a past instant: one probe of the entries by posting time, never a sum.
-- SPDX-License-Identifier: Apache-2.0
-- Before the first entry the balance is nil. Holds are few, and kept apart from the entries: theirs is a sum.
-- mode: set
-- lane: read
-- repeatable: yes
-- param: person_key int8
-- param: account_id uuid
-- param: as_of instant
-- column: ord int8
-- column: person_id uuid
-- column: pool_code text
-- column: current_year_fen int8
-- column: carried_over_fen int8
-- column: held_fen int8
SELECT asked.ord, account.person_id, account.pool_code, coalesce(entry.current_year_after_fen, 0),
       coalesce(entry.carried_over_after_fen, 0), held.amount_fen
  FROM unnest($1::bigint[], $2::uuid[], $3::timestamptz[]) WITH ORDINALITY
       AS asked (person_key, account_id, as_of, ord)
  JOIN account ON account.person_key = asked.person_key AND account.account_id = asked.account_id
  LEFT JOIN LATERAL (SELECT ledger_entry.current_year_after_fen, ledger_entry.carried_over_after_fen
                       FROM ledger_entry
                      WHERE ledger_entry.person_key = asked.person_key
                        AND ledger_entry.account_id = asked.account_id
                        AND ledger_entry.posted_at <= asked.as_of
                      ORDER BY ledger_entry.posted_at DESC, ledger_entry.seq DESC
                      LIMIT 1) AS entry ON true
 CROSS JOIN LATERAL (SELECT coalesce(sum(CASE hold_event.kind WHEN 'opened' THEN hold_event.amount_fen
                                                              ELSE -hold_event.amount_fen END), 0)::bigint AS amount_fen
                       FROM hold_event
                      WHERE hold_event.person_key = asked.person_key
                        AND hold_event.account_id = asked.account_id
                        AND hold_event.posted_at <= asked.as_of) AS held
 ORDER BY asked.ord
