-- What each pool owes a provider for a day: what its accounts paid of charges captured,
-- and got back of refunds made on it.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. One row for each payer: the account that was charged, and others that paid a part (charge_share), each
-- of its own pool. A number counts once for each pool that paid a part of it.
CREATE OR REPLACE FUNCTION settlement_parts(asked_provider_id uuid, asked_day date)
RETURNS TABLE (item text, number text, amount_fen bigint, pool_code text)
    LANGUAGE sql STABLE AS $$
WITH captured AS (
    SELECT charge.*
      FROM charge
     WHERE charge.provider_id = asked_provider_id AND charge.business_date = asked_day
       AND charge.captured_on = asked_day
       AND charge.expires_at IS NULL
    UNION ALL
    SELECT charge.*
      FROM charge
     WHERE charge.provider_id = asked_provider_id AND charge.captured_on = asked_day AND charge.expires_at IS NOT NULL
), refunded AS (
    SELECT charge_refund.*
      FROM charge_refund
     WHERE charge_refund.provider_id = asked_provider_id AND charge_refund.business_date = asked_day
)
SELECT 'charge', captured.charge_no, captured.captured_fen - captured.shared_captured_fen, captured.pool_code
  FROM captured
 WHERE captured.captured_fen > captured.shared_captured_fen
UNION ALL
SELECT 'charge', captured.charge_no, share.captured_fen, share.pool_code
  FROM captured
  JOIN charge_share AS share ON share.charge_id = captured.charge_id AND share.captured_fen > 0
 WHERE captured.shared_captured_fen > 0
UNION ALL
SELECT 'refund', refunded.refund_no, refunded.amount_fen - refunded.shared_fen, refunded.pool_code
  FROM refunded
 WHERE refunded.amount_fen > refunded.shared_fen
UNION ALL
SELECT 'refund', refunded.refund_no, part.amount_fen, part.pool_code
  FROM refunded
  JOIN charge_share_refund AS part ON part.refund_id = refunded.refund_id
 WHERE refunded.shared_fen > 0
$$;
COMMENT ON FUNCTION settlement_parts(uuid, date) IS
    'What the accounts of each pool paid a provider on a business day, and got back';
