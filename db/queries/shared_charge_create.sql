-- Charges people who have several payers, or holds money on them, each with its key, charge number and audit event.
-- SPDX-License-Identifier: Apache-2.0
-- The parameters and columns are those of charge_create.
-- mode: set
-- lane: write
-- repeatable: yes (the key makes it happen once)
-- deferral: yes
-- distinct: account_id
-- param: charge_id uuid
-- param: provider_id uuid
-- param: person_key int8
-- param: account_id uuid (null: the person has none)
-- param: charge_no text
-- param: usage text
-- param: item text
-- param: amount_fen int8
-- param: expires_at instant (null: charge now)
-- param: business_date date
-- param: instant instant
-- param: key text
-- param: content_hash bytea
-- param: current_year_entry_id uuid
-- param: carried_over_entry_id uuid
-- param: event_id uuid
-- param: request_id text
-- param: real_instant instant
-- param: hash_algorithm text
-- param: wait bool
-- column: ord int8
-- column: status text (created, or why not)
-- column: is_replayed bool
-- column: charge_id uuid
-- column: current_year_fen int8
-- column: carried_over_fen int8
-- column: created_at instant
-- column: balance_after_fen int8 (null: the rule does not show it)
-- column: account_id uuid
-- column: business_date date
-- column: payers text (as the provider may see them)
SELECT result.ord, result.status, result.is_replayed, result.charge_id, result.current_year_fen,
       result.carried_over_fen, result.created_at, result.balance_after_fen, result.account_id, result.business_date,
       result.payers::text
  FROM shared_charge_create($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
       AS result
 ORDER BY result.ord
