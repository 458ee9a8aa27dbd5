-- Reads a settlement with its pools: a provider its own, staff those of providers whose regions they cover.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: settlement_id uuid
-- param: provider_id uuid
-- param: visible text
-- column: part text
-- column: settlement_id uuid
-- column: provider_id uuid
-- column: provider_name text
-- column: institution_code text
-- column: business_date date
-- column: attempt int4
-- column: state text
-- column: stated_charges_count int8
-- column: stated_charges_fen int8
-- column: stated_refunds_count int8
-- column: stated_refunds_fen int8
-- column: listed_charges_count int8
-- column: listed_charges_fen int8
-- column: listed_refunds_count int8
-- column: listed_refunds_fen int8
-- column: our_charges_count int8
-- column: our_charges_fen int8
-- column: our_refunds_count int8
-- column: our_refunds_fen int8
-- column: matched_count int8
-- column: missing_here_count int8
-- column: missing_there_count int8
-- column: amount_differs_count int8
-- column: listed_twice_count int8
-- column: created_at instant
-- column: pool_code text
-- column: payable_fen int8
-- column: kind text
-- column: item text
-- column: number text
-- column: their_fen int8
-- column: our_fen int8
SELECT shown.*
  FROM settlement
  JOIN client ON client.client_id = settlement.provider_id
  CROSS JOIN LATERAL settlement_view(settlement.settlement_id, 0) AS shown
 WHERE settlement.settlement_id = $1
   AND ($2::uuid IS NULL OR settlement.provider_id = $2)
   AND ($3::text IS NULL OR token_is_visible('client', client.regions, $3))
