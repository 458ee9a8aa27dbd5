-- Reads one page of proposals, newest first (their ids grow with time), without what they would change.
-- SPDX-License-Identifier: Apache-2.0
-- Three ways in, of which the parameters leave one: of a person by its index; the open ones by the partial index that
-- holds no others; and all by the primary key.
-- lane: slow
-- repeatable: yes
-- param: visible text
-- param: before_proposal_id uuid
-- param: state text
-- param: kind text
-- param: person_key int8
-- param: person_id uuid
-- param: row_limit int8
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
WITH found AS (
    (SELECT proposal.*
       FROM proposal
      WHERE proposal.person_key = $5 AND proposal.proposal_id < $2
        AND EXISTS (SELECT FROM person WHERE person.person_key = $5 AND person.person_id = $6)
        AND ($3::text IS NULL OR proposal.state = $3) AND ($4::text IS NULL OR proposal.kind = $4)
        AND proposal_is_in_reach(proposal, $1)
      ORDER BY proposal.proposal_id DESC
      LIMIT $7)
    UNION ALL
    (SELECT proposal.*
       FROM proposal
      WHERE $5::bigint IS NULL AND $3 = 'open' AND proposal.state = 'open' AND proposal.proposal_id < $2
        AND ($4::text IS NULL OR proposal.kind = $4)
        AND proposal_is_in_reach(proposal, $1)
      ORDER BY proposal.proposal_id DESC
      LIMIT $7)
    UNION ALL
    (SELECT proposal.*
       FROM proposal
      WHERE $5::bigint IS NULL AND $3 IS DISTINCT FROM 'open' AND proposal.proposal_id < $2
        AND ($3::text IS NULL OR proposal.state = $3) AND ($4::text IS NULL OR proposal.kind = $4)
        AND proposal_is_in_reach(proposal, $1)
      ORDER BY proposal.proposal_id DESC
      LIMIT $7)
)
SELECT found.proposal_id, found.kind, person.person_id, found.object_id, found.pool_code, found.reason,
       found.payload ->> 'source_document', found.state, found.proposed_by, found.proposed_at, found.decided_by,
       found.decided_at, found.decision_reason
  FROM found
  LEFT JOIN person ON person.person_key = found.person_key
 ORDER BY found.proposal_id DESC
 LIMIT $7
