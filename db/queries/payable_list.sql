-- Reads one page of what pools owe providers for agreed days, the latest agreed first.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: visible text
-- param: before_settlement_id uuid
-- param: before_pool_code text
-- param: pool_code text
-- param: provider_id uuid
-- param: from_date date
-- param: to_date date
-- param: row_limit int8
-- column: settlement_id uuid
-- column: provider_id uuid
-- column: provider_name text
-- column: institution_code text
-- column: business_date date
-- column: pool_code text
-- column: charges_count int8
-- column: charges_fen int8
-- column: refunds_count int8
-- column: refunds_fen int8
-- column: payable_fen int8
-- column: agreed_at instant
SELECT s.settlement_id, s.provider_id, client.name, provider.institution_code, s.business_date, owed.pool_code,
       owed.charges_count, owed.charges_fen::bigint, owed.refunds_count, owed.refunds_fen::bigint,
       (owed.charges_fen - owed.refunds_fen)::bigint, s.created_at
  FROM settlement_pool AS owed
  JOIN settlement AS s ON s.settlement_id = owed.settlement_id
  JOIN client ON client.client_id = s.provider_id
  LEFT JOIN provider ON provider.provider_id = s.provider_id
 WHERE s.state = 'agreed'
   AND (owed.settlement_id, owed.pool_code) < ($2, $3)
   AND ($1::text IS NULL OR owed.pool_code LIKE ANY (string_to_array($1, ',')))
   AND ($4::text IS NULL OR owed.pool_code = $4)
   AND ($5::uuid IS NULL OR s.provider_id = $5)
   AND ($6::date IS NULL OR s.business_date >= $6)
   AND ($7::date IS NULL OR s.business_date <= $7)
 ORDER BY owed.settlement_id DESC, owed.pool_code DESC
 LIMIT $8
