-- Limits and quiet hours of transfers to wallets, of wallet_rules.csv.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: rows that differ. Outcomes: the number of rows inserted or updated.
INSERT INTO wallet_rule (effective_from, transfers_a_day, transfer_max_fen, quiet_from, quiet_until, returns_at, source)
SELECT effective_from::date, transfers_a_day::integer, transfer_max_fen::bigint, quiet_from::time, quiet_until::time,
       returns_at::time, source
  FROM loaded
    ON CONFLICT (effective_from) DO UPDATE
   SET transfers_a_day = excluded.transfers_a_day, transfer_max_fen = excluded.transfer_max_fen,
       quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until, returns_at = excluded.returns_at,
       source = excluded.source
 WHERE wallet_rule IS DISTINCT FROM excluded
