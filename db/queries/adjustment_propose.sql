-- Proposes adjustments of accounts and shows the proposals as they were made.
-- SPDX-License-Identifier: Apache-2.0
-- The columns are those of proposal_get, then whether it was answered before. A repetition is shown what the first
-- request was: what became of the proposal since stands in the proposal itself. Nothing here waits for a lock, so
-- `wait` makes no difference.
-- mode: set
-- lane: write
-- repeatable: yes
-- deferral: yes
-- param: proposal_id uuid
-- param: entry_id uuid
-- param: person_key int8
-- param: account_id uuid
-- param: visible text
-- param: part text
-- param: direction text
-- param: amount_fen int8
-- param: linked_entry_id uuid
-- param: reason text
-- param: source_document text
-- param: proposed_by uuid
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- param: key text
-- param: content_hash bytea
-- param: wait bool
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
-- column: is_replayed bool
SELECT done.ord, done.status, shown.proposal_id, shown.kind, shown.person_id, shown.object_id, shown.pool_code,
       shown.reason, shown.source_document, 'open', shown.proposed_by, shown.proposed_at, NULL::uuid, NULL::timestamptz,
       NULL::text, NULL::text, shown.field, shown.sealed_as, shown.sealed_row_id, shown.before_text, shown.after_text,
       shown.before_sealed, shown.after_sealed, done.is_replayed
  FROM adjustment_propose($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) AS done
  LEFT JOIN LATERAL proposal_view(CASE WHEN done.status = 'proposed' THEN done.proposal_id END) AS shown ON true
 WHERE $18::boolean[] IS NOT NULL
 ORDER BY done.ord, shown.change_number
