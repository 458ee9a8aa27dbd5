-- Reads one page of the refunds of a charge, newest first, or one of them; one row without any when there is none.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: charge_id uuid
-- param: refund_id uuid (null: all)
-- param: before_id uuid
-- param: row_limit int8
-- param: is_person bool (who asks: not the institution)
-- column: person_id uuid
-- column: provider_id uuid
-- column: pool_code text
-- column: refund_id uuid
-- column: charge_id uuid
-- column: refund_no text
-- column: amount_fen int8
-- column: current_year_fen int8
-- column: carried_over_fen int8
-- column: reason text
-- column: created_at instant
-- column: business_date date
-- column: payers text
SELECT person.person_id, charge.provider_id, charge.pool_code, page.refund_id, page.charge_id, page.refund_no,
       page.amount_fen, CASE page.current_year_into WHEN 'current_year' THEN page.current_year_fen ELSE 0 END,
       CASE page.current_year_into WHEN 'current_year' THEN page.carried_over_fen
                                   ELSE page.amount_fen - page.shared_fen END,
       page.reason, page.created_at, page.business_date,
       refund_payers_view($1, page.refund_id, $6)::text
  FROM charge
  JOIN person ON person.person_key = charge.person_key
  LEFT JOIN LATERAL (SELECT charge_refund.*
                       FROM charge_refund
                      WHERE charge_refund.person_key = $1 AND charge_refund.charge_id = $2
                        AND ($3::uuid IS NULL OR charge_refund.refund_id = $3) AND charge_refund.refund_id < $4
                      ORDER BY charge_refund.refund_id DESC
                      LIMIT $5) AS page ON true
 WHERE charge.person_key = $1 AND charge.charge_id = $2
 ORDER BY page.refund_id DESC
