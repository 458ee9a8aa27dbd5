-- The limits and quiet hours of transfers to wallets on a day, nationwide.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. No row before the first day of any rule: then nothing can be sent.
CREATE OR REPLACE FUNCTION wallet_rule_at(asked_day date)
RETURNS SETOF wallet_rule
LANGUAGE sql STABLE
AS $$
SELECT wallet_rule.*
  FROM wallet_rule
 WHERE wallet_rule.effective_from <= asked_day
 ORDER BY wallet_rule.effective_from DESC
 LIMIT 1
$$;
COMMENT ON FUNCTION wallet_rule_at(date) IS 'The limits and quiet hours of transfers to wallets on a business day';
