-- How accounts are charged, of charge_rules.csv.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: rows that differ. Outcomes: the number of rows inserted or updated.
INSERT INTO charge_rule (region_code, effective_from, pays_first, account_day_limit_fen, provider_day_limit_fen,
                         hold_max_hours, shows_balance, payer_order, source)
SELECT region, effective_from::date, pays_first, account_day_limit_fen::bigint, provider_day_limit_fen::bigint,
       hold_max_hours::integer, shows_balance::boolean,
       string_to_array(payer_order, ' '), source
  FROM loaded
    ON CONFLICT (region_code, effective_from) DO UPDATE
   SET pays_first = excluded.pays_first, account_day_limit_fen = excluded.account_day_limit_fen,
       provider_day_limit_fen = excluded.provider_day_limit_fen, hold_max_hours = excluded.hold_max_hours,
       shows_balance = excluded.shows_balance,
       payer_order = excluded.payer_order, source = excluded.source
 WHERE charge_rule IS DISTINCT FROM excluded
