-- Reads one proposal, a row for each change that it would make.
-- SPDX-License-Identifier: Apache-2.0
-- No row when it is absent or out of sight. Every statement that api/proposals/proposal.c renders has these columns.
-- lane: slow
-- repeatable: yes
-- param: proposal_id uuid
-- param: visible text
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
SELECT 1::bigint, 'done', shown.proposal_id, shown.kind, shown.person_id, shown.object_id, shown.pool_code,
       shown.reason, shown.source_document, shown.state, shown.proposed_by, shown.proposed_at, shown.decided_by,
       shown.decided_at, shown.decision_reason, shown.outcome, shown.field, shown.sealed_as, shown.sealed_row_id,
       shown.before_text, shown.after_text, shown.before_sealed, shown.after_sealed
  FROM proposal
 CROSS JOIN LATERAL proposal_view(proposal.proposal_id) AS shown
 WHERE proposal.proposal_id = $1 AND proposal_is_in_reach(proposal, $2)
 ORDER BY shown.change_number
