-- Reads one page of an institution's charges, newest first.
-- SPDX-License-Identifier: Apache-2.0
-- The page is one backward range of charge_provider_day; a charge number is found by the primary keys of
-- business_number and charge, whose person's key is in the id.
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: provider_id uuid
-- param: before_date date
-- param: before_charge_id uuid
-- param: business_date date
-- param: state text
-- param: charge_no text
-- param: row_limit int8
-- column: charge_id uuid
-- column: account_id uuid
-- column: charge_no text
-- column: state text
-- column: amount_fen int8
-- column: captured_fen int8
-- column: current_year_fen int8
-- column: carried_over_fen int8
-- column: refunded_fen int8
-- column: usage text
-- column: item text
-- column: expires_at instant
-- column: created_at instant
-- column: business_date date
-- column: captured_on date
-- column: changed_at instant
-- column: provider_id uuid
-- column: provider_name text
-- column: pool_code text
-- column: payers text
WITH found AS (
    (SELECT charge.*
       FROM charge
      WHERE $6::text IS NULL AND charge.provider_id = $1
        AND (charge.business_date, charge.charge_id) < ($2::date, $3::uuid)
        AND ($4::date IS NULL OR charge.business_date = $4)
        AND ($5::text IS NULL OR charge.state = $5)
      ORDER BY charge.business_date DESC, charge.charge_id DESC
      LIMIT $7)
    UNION ALL
    (SELECT charge.*
       FROM business_number
       JOIN charge ON charge.person_key = person_key_of(business_number.object_id)
            AND charge.charge_id = business_number.object_id
      WHERE business_number.scope_id = $1 AND business_number.kind = 'charge' AND business_number.number = $6
        AND (charge.business_date, charge.charge_id) < ($2::date, $3::uuid)
        AND ($4::date IS NULL OR charge.business_date = $4)
        AND ($5::text IS NULL OR charge.state = $5))
)
SELECT found.charge_id, found.account_id, found.charge_no, found.state, found.amount_fen, found.captured_fen,
       found.current_year_fen, found.carried_over_fen, found.refunded_fen, found.usage, found.item, found.expires_at,
       found.created_at, found.business_date, found.captured_on, found.changed_at, found.provider_id, client.name,
       found.pool_code, charge_payers_view(found.person_key, found.charge_id, false)::text
  FROM found
  JOIN client ON client.client_id = found.provider_id
 ORDER BY found.business_date DESC, found.charge_id DESC
