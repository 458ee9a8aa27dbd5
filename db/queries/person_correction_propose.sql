-- Proposes corrections of people and shows them.
-- SPDX-License-Identifier: Apache-2.0
-- The columns are those of proposal_get.
-- mode: set
-- lane: write
-- repeatable: yes
-- param: proposal_id uuid
-- param: person_key int8
-- param: person_id uuid
-- param: visible text
-- param: name_sealed bytea
-- param: name_hash bytea
-- param: phone_sealed bytea
-- param: phone_hash bytea
-- param: number_sealed bytea
-- param: number_hash bytea
-- param: certificate_kind text
-- param: card_number_sealed bytea
-- param: card_number_hash bytea
-- param: bank_card_sealed bytea
-- param: birth_date date
-- param: sex text
-- param: deceased_on date
-- param: cleared text
-- param: reason text
-- param: source_document text
-- param: proposed_by uuid
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- column: ord int8
-- column: status text
-- column: proposal_id uuid
-- column: kind text
-- column: person_id uuid
-- column: object_id uuid
-- column: pool_code text
-- column: reason text
-- column: source_document text
-- column: state text
-- column: proposed_by uuid
-- column: proposed_at instant
-- column: decided_by uuid
-- column: decided_at instant
-- column: decision_reason text
-- column: outcome text
-- column: field text
-- column: sealed_as text
-- column: sealed_row_id uuid
-- column: before_text text
-- column: after_text text
-- column: before_sealed bytea
-- column: after_sealed bytea
SELECT done.ord, done.status, shown.proposal_id, shown.kind, shown.person_id, shown.object_id, shown.pool_code,
       shown.reason, shown.source_document, shown.state, shown.proposed_by, shown.proposed_at, shown.decided_by,
       shown.decided_at, shown.decision_reason, shown.outcome, shown.field, shown.sealed_as, shown.sealed_row_id,
       shown.before_text, shown.after_text, shown.before_sealed, shown.after_sealed
  FROM person_correction_propose($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::bytea[], $6::bytea[],
                                 $7::bytea[], $8::bytea[], $9::bytea[], $10::bytea[], $11::text[], $12::bytea[],
                                 $13::bytea[], $14::bytea[], $15::date[], $16::text[], $17::date[], $18::text[],
                                 $19::text[], $20::text[], $21::uuid[], $22::timestamptz[],
                                 $23::uuid[], $24::text[]) AS done
  LEFT JOIN LATERAL proposal_view(CASE WHEN done.status = 'proposed' THEN done.proposal_id END) AS shown ON true
 ORDER BY done.ord, shown.change_number
