-- A settlement as it is shown: itself, then its pools, then the first of its differences.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. VOLATILE, so that behind settlement_create (LEFT JOIN LATERAL) it sees what that one did. part says
-- what a row is: settlement, pool (its totals in our_…) or difference. Sums that a list made larger than JSON can hold
-- are shown as the largest that it can.
CREATE OR REPLACE FUNCTION settlement_view(asked_settlement_id uuid, differences bigint)
RETURNS TABLE (
    part text, settlement_id uuid, provider_id uuid, provider_name text, institution_code text, business_date date,
    attempt integer, state text, stated_charges_count bigint, stated_charges_fen bigint, stated_refunds_count bigint,
    stated_refunds_fen bigint, listed_charges_count bigint, listed_charges_fen bigint, listed_refunds_count bigint,
    listed_refunds_fen bigint, our_charges_count bigint, our_charges_fen bigint, our_refunds_count bigint,
    our_refunds_fen bigint, matched_count bigint, missing_here_count bigint, missing_there_count bigint,
    amount_differs_count bigint, listed_twice_count bigint, created_at timestamptz, pool_code text, payable_fen bigint,
    kind text, item text, number text, their_fen bigint, our_fen bigint)
    LANGUAGE sql VOLATILE ROWS 20 AS $$
SELECT shown.part, s.settlement_id, s.provider_id, client.name, provider.institution_code, s.business_date, s.attempt,
       s.state, s.stated_charges_count, s.stated_charges_fen, s.stated_refunds_count, s.stated_refunds_fen,
       s.listed_charges_count, least(s.listed_charges_fen, 9007199254740991)::bigint, s.listed_refunds_count,
       least(s.listed_refunds_fen, 9007199254740991)::bigint, coalesce(pool.charges_count, s.our_charges_count),
       coalesce(pool.charges_fen, s.our_charges_fen)::bigint, coalesce(pool.refunds_count, s.our_refunds_count),
       coalesce(pool.refunds_fen, s.our_refunds_fen)::bigint, s.matched_count, s.missing_here_count,
       s.missing_there_count, s.amount_differs_count, s.listed_twice_count, s.created_at,
       coalesce(pool.pool_code, d.pool_code),
       (coalesce(pool.charges_fen, s.our_charges_fen) - coalesce(pool.refunds_fen, s.our_refunds_fen))::bigint,
       d.kind, d.item, d.number, d.their_fen, d.our_fen
  FROM (SELECT 'settlement' AS part, NULL::text AS pool_code, 0 AS place
        UNION ALL
        SELECT 'pool', settlement_pool.pool_code, 0 FROM settlement_pool
         WHERE settlement_pool.settlement_id = asked_settlement_id
        UNION ALL
        (SELECT 'difference', NULL, settlement_difference.place FROM settlement_difference
          WHERE settlement_difference.settlement_id = asked_settlement_id
          ORDER BY settlement_difference.place LIMIT differences)) AS shown
  JOIN settlement AS s ON s.settlement_id = asked_settlement_id
  LEFT JOIN client ON client.client_id = s.provider_id
  LEFT JOIN provider ON provider.provider_id = s.provider_id
  LEFT JOIN settlement_pool AS pool ON shown.part = 'pool' AND pool.settlement_id = s.settlement_id
       AND pool.pool_code = shown.pool_code
  LEFT JOIN settlement_difference AS d ON shown.part = 'difference' AND d.settlement_id = s.settlement_id
       AND d.place = shown.place
 ORDER BY shown.part <> 'settlement', shown.part <> 'pool', shown.pool_code, shown.place
$$;
COMMENT ON FUNCTION settlement_view(uuid, bigint) IS
    'A settlement as it is shown: itself, its pools, and the first of its differences';
