-- Proposes corrections of enrolments and shows them.
-- SPDX-License-Identifier: Apache-2.0
-- The columns are those of proposal_get.
-- mode: set
-- lane: write
-- repeatable: yes
-- param: proposal_id uuid
-- param: person_key int8
-- param: person_id uuid
-- param: enrolment_id uuid
-- param: visible text
-- param: status text
-- param: ended_on date
-- param: retired_on date
-- param: employer_code text
-- param: account_mode text
-- param: payer_kind text
-- param: exempt_group text
-- param: cleared text
-- param: account_id uuid
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
  FROM enrolment_correction_propose($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::text[], $6::text[],
                                    $7::date[], $8::date[], $9::text[], $10::text[], $11::text[], $12::text[],
                                    $13::text[], $14::uuid[], $15::text[], $16::text[], $17::uuid[], $18::timestamptz[],
                                    $19::uuid[], $20::text[]) AS done
  LEFT JOIN LATERAL proposal_view(CASE WHEN done.status = 'proposed' THEN done.proposal_id END) AS shown ON true
 ORDER BY done.ord, shown.change_number
