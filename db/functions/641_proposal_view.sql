-- One proposal as replies show it: a row for each change that it would make, or one without a change.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. VOLATILE, so that behind a function that decides (LEFT JOIN LATERAL) it sees what that one did.
-- Changes come from payload->'changes', an array of
--   {"field": …, "before": …, "after": …}                                  as they are, null for none
--   {"field": …, "sealed": "person.name", "row_id": …, "before": …, "after": …}   sealed values as hex, which the
--       program opens with that associated data and masks
CREATE OR REPLACE FUNCTION proposal_view(asked_proposal_id uuid)
RETURNS TABLE (
    change_number bigint, proposal_id uuid, kind text, person_id uuid, object_id uuid, pool_code text, reason text,
    source_document text, state text, proposed_by uuid, proposed_at timestamptz, decided_by uuid,
    decided_at timestamptz, decision_reason text, outcome text, field text, sealed_as text, sealed_row_id uuid,
    before_text text, after_text text, before_sealed bytea, after_sealed bytea)
LANGUAGE sql VOLATILE ROWS 5
AS $$
SELECT change.number, proposal.proposal_id, proposal.kind, person.person_id, proposal.object_id, proposal.pool_code,
       proposal.reason, proposal.payload ->> 'source_document', proposal.state, proposal.proposed_by,
       proposal.proposed_at, proposal.decided_by, proposal.decided_at, proposal.decision_reason,
       (proposal.outcome - 'signed_out')::text, change.item ->> 'field', change.item ->> 'sealed',
       (change.item ->> 'row_id')::uuid,
       CASE WHEN NOT change.item ? 'sealed' THEN change.item ->> 'before' END,
       CASE WHEN NOT change.item ? 'sealed' THEN change.item ->> 'after' END,
       CASE WHEN change.item ? 'sealed' THEN decode(change.item ->> 'before', 'hex') END,
       CASE WHEN change.item ? 'sealed' THEN decode(change.item ->> 'after', 'hex') END
  FROM proposal
  LEFT JOIN person ON person.person_key = proposal.person_key
  LEFT JOIN LATERAL jsonb_array_elements(proposal.payload -> 'changes') WITH ORDINALITY AS change (item, number) ON true
 WHERE proposal.proposal_id = asked_proposal_id
$$;
COMMENT ON FUNCTION proposal_view(uuid) IS 'One proposal as replies show it: a row for each change, or one without';
