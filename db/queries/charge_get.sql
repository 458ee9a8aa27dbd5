-- Reads a charge as it is now, with the name of its institution: the columns of charge_list, and whose it is.
-- SPDX-License-Identifier: Apache-2.0
-- lane: read
-- repeatable: yes
-- param: person_key int8
-- param: charge_id uuid
-- param: is_person bool (who asks: not the institution)
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
-- column: person_id uuid
SELECT charge.charge_id, charge.account_id, charge.charge_no, charge.state, charge.amount_fen, charge.captured_fen,
       charge.current_year_fen, charge.carried_over_fen, charge.refunded_fen, charge.usage, charge.item,
       charge.expires_at, charge.created_at, charge.business_date, charge.captured_on, charge.changed_at,
       charge.provider_id, client.name, charge.pool_code,
       charge_payers_view(charge.person_key, charge.charge_id, $3)::text, person.person_id
  FROM charge
  JOIN person ON person.person_key = charge.person_key
  JOIN client ON client.client_id = charge.provider_id
 WHERE charge.person_key = $1 AND charge.charge_id = $2
