-- Reads one page of what differs in a settlement, in its order.
-- SPDX-License-Identifier: Apache-2.0
-- One row without a difference where there is none on the page; no row where the settlement is not the caller's to see.
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: settlement_id uuid
-- param: provider_id uuid
-- param: visible text
-- param: after_place int8
-- param: kind text
-- param: row_limit int8
-- column: place int4
-- column: kind text
-- column: item text
-- column: number text
-- column: their_fen int8
-- column: our_fen int8
-- column: pool_code text
SELECT d.place, d.kind, d.item, d.number, d.their_fen, d.our_fen, d.pool_code
  FROM settlement AS s
  JOIN client ON client.client_id = s.provider_id
  LEFT JOIN LATERAL (SELECT *
                       FROM settlement_difference
                      WHERE settlement_difference.settlement_id = s.settlement_id AND settlement_difference.place > $4
                        AND ($5::text IS NULL OR settlement_difference.kind = $5)
                      ORDER BY settlement_difference.place
                      LIMIT $6) AS d ON true
 WHERE s.settlement_id = $1
   AND ($2::uuid IS NULL OR s.provider_id = $2)
   AND ($3::text IS NULL OR token_is_visible('client', client.regions, $3))
 ORDER BY d.place
