-- Proposes to put versions of credit policies in force and shows the proposals.
-- SPDX-License-Identifier: Apache-2.0
-- The columns are those of proposal_get.
-- mode: set
-- lane: write
-- repeatable: yes
-- param: proposal_id uuid
-- param: policy_id uuid
-- param: visible text
-- param: business_date date
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
  FROM credit_policy_submit($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::text[], $6::text[], $7::uuid[],
                            $8::timestamptz[], $9::uuid[], $10::text[]) AS done
  LEFT JOIN LATERAL proposal_view(CASE WHEN done.status = 'proposed' THEN done.proposal_id END) AS shown ON true
 ORDER BY done.ord, shown.change_number
