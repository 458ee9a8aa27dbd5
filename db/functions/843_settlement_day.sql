-- Our side of a provider's day: what was captured and what was refunded on it.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. A hold counts on the day it was captured, with what was captured of it.
CREATE OR REPLACE FUNCTION settlement_day(asked_provider_id uuid, asked_day date)
RETURNS TABLE (item text, number text, amount_fen bigint, pool_code text)
    LANGUAGE sql STABLE AS $$
SELECT 'charge', charge.charge_no, charge.captured_fen, charge.pool_code
  FROM charge
 WHERE charge.provider_id = asked_provider_id AND charge.business_date = asked_day AND charge.captured_on = asked_day
   AND charge.expires_at IS NULL
UNION ALL
SELECT 'charge', charge.charge_no, charge.captured_fen, charge.pool_code
  FROM charge
 WHERE charge.provider_id = asked_provider_id AND charge.captured_on = asked_day AND charge.expires_at IS NOT NULL
UNION ALL
SELECT 'refund', charge_refund.refund_no, charge_refund.amount_fen, charge_refund.pool_code
  FROM charge_refund
 WHERE charge_refund.provider_id = asked_provider_id AND charge_refund.business_date = asked_day
$$;
COMMENT ON FUNCTION settlement_day(uuid, date) IS 'Charges captured and refunds made by a provider on a business day';
