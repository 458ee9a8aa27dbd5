-- Reads one page of settlements, newest first: a provider its own, staff those of providers whose regions they cover.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: provider_id uuid
-- param: visible text
-- param: before_settlement_id uuid
-- param: state text
-- param: business_date date
-- param: row_limit int8
-- column: settlement_id uuid
-- column: provider_id uuid
-- column: provider_name text
-- column: institution_code text
-- column: business_date date
-- column: attempt int4
-- column: state text
-- column: created_at instant
-- column: payable_fen int8
-- column: matched_count int8
-- column: missing_here_count int8
-- column: missing_there_count int8
-- column: amount_differs_count int8
-- column: listed_twice_count int8
SELECT s.settlement_id, s.provider_id, client.name, provider.institution_code, s.business_date, s.attempt, s.state,
       s.created_at, (s.our_charges_fen - s.our_refunds_fen)::bigint, s.matched_count, s.missing_here_count,
       s.missing_there_count, s.amount_differs_count, s.listed_twice_count
  FROM settlement AS s
  JOIN client ON client.client_id = s.provider_id
  LEFT JOIN provider ON provider.provider_id = s.provider_id
 WHERE s.settlement_id < $3
   AND ($1::uuid IS NULL OR s.provider_id = $1)
   AND ($2::text IS NULL OR token_is_visible('client', client.regions, $2))
   AND ($4::text IS NULL OR s.state = $4)
   AND ($5::date IS NULL OR s.business_date = $5)
 ORDER BY s.settlement_id DESC
 LIMIT $6
