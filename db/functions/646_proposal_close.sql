-- Rejects or withdraws proposals and records who did; nothing of them is applied.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. visibles: comma-joined LIKE patterns of pool codes, null for
-- every pool; states: rejected or withdrawn; instants in real time. Executing it again decides nothing twice.
-- Locks: the proposals, in the order of their ids.
-- Outcomes: one row for each member, in order. status, by precedence:
--   malformed                something that no decision can have: a caller checks before
--   absent                   there is no such proposal, or it is not the caller's to see
--   proposer_cannot_decide   to be rejected by who proposed it
--   not_own                  to be withdrawn by who did not propose it
--   done                     it is rejected or withdrawn, as asked (or was already, by the same caller)
--   already_decided          it was decided otherwise, or by somebody else
CREATE OR REPLACE FUNCTION proposal_close(
    proposal_ids uuid[], visibles text[], states text[], decided_bys uuid[], reasons text[], instants timestamptz[],
    event_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text, proposal_id uuid)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    well_formed bigint[];
    closers bigint[];
    statuses text[];
BEGIN
    PERFORM FROM proposal WHERE proposal.proposal_id = ANY (proposal_ids)
      ORDER BY proposal.proposal_id FOR NO KEY UPDATE;
    SELECT array_agg(asked.ord) INTO well_formed
      FROM unnest(proposal_ids, states, decided_bys, reasons, instants, event_ids, request_ids) WITH ORDINALITY
           AS asked (proposal_id, state, decided_by, reason, instant, event_id, request_id, ord)
     WHERE asked.state IN ('rejected', 'withdrawn') AND asked.decided_by IS NOT NULL AND asked.instant IS NOT NULL
       AND asked.event_id IS NOT NULL AND coalesce(octet_length(asked.reason) BETWEEN 1 AND 2000, true)
       AND coalesce(octet_length(asked.request_id) <= 64, true);

    WITH closed AS (
        UPDATE proposal
           SET state = first.state, decided_by = first.decided_by, decided_at = first.instant,
               decision_reason = first.reason
          FROM (SELECT DISTINCT ON (asked.proposal_id) asked.*
                  FROM unnest(proposal_ids, visibles, states, decided_bys, reasons, instants) WITH ORDINALITY
                       AS asked (proposal_id, visible, state, decided_by, reason, instant, ord)
                  JOIN proposal ON proposal.proposal_id = asked.proposal_id
                 WHERE asked.ord = ANY (well_formed)
                   AND (asked.state = 'withdrawn') = (proposal.proposed_by = asked.decided_by)
                   AND proposal_is_in_reach(proposal, asked.visible)
                 ORDER BY asked.proposal_id, asked.ord) AS first
         WHERE proposal.proposal_id = first.proposal_id AND proposal.state = 'open'
        RETURNING first.ord
    )
    SELECT array_agg(closed.ord) INTO closers FROM closed;

    SELECT array_agg(CASE WHEN NOT coalesce(asked.ord = ANY (well_formed), false) THEN 'malformed'
                          WHEN proposal.proposal_id IS NULL
                               OR NOT proposal_is_in_reach(proposal, asked.visible)
                               THEN 'absent'
                          WHEN asked.state = 'rejected' AND proposal.proposed_by = asked.decided_by
                               THEN 'proposer_cannot_decide'
                          WHEN asked.state = 'withdrawn' AND proposal.proposed_by <> asked.decided_by THEN 'not_own'
                          WHEN proposal.state = asked.state AND proposal.decided_by = asked.decided_by THEN 'done'
                          ELSE 'already_decided' END
                     ORDER BY asked.ord) INTO statuses
      FROM unnest(proposal_ids, visibles, states, decided_bys) WITH ORDINALITY
           AS asked (proposal_id, visible, state, decided_by, ord)
      LEFT JOIN proposal ON proposal.proposal_id = asked.proposal_id;

    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code, request_id,
                             detail)
    SELECT asked.event_id, asked.instant, 'staff', asked.decided_by,
           CASE asked.state WHEN 'rejected' THEN 'reject_proposal' ELSE 'withdraw_proposal' END, proposal.person_key,
           asked.proposal_id, proposal.pool_code, asked.request_id,
           jsonb_build_object('kind', proposal.kind, 'object_id', proposal.object_id,
                              'repeated', NOT coalesce(asked.ord = ANY (closers), false))
      FROM unnest(proposal_ids, states, decided_bys, instants, event_ids, request_ids) WITH ORDINALITY
           AS asked (proposal_id, state, decided_by, instant, event_id, request_id, ord)
      JOIN proposal ON proposal.proposal_id = asked.proposal_id
     WHERE statuses[asked.ord] = 'done'
     ORDER BY asked.event_id
        ON CONFLICT DO NOTHING;

    RETURN QUERY SELECT asked.ord, statuses[asked.ord], asked.proposal_id
      FROM unnest(proposal_ids) WITH ORDINALITY AS asked (proposal_id, ord) ORDER BY asked.ord;
END
$$;
COMMENT ON FUNCTION proposal_close(uuid[], text[], text[], uuid[], text[], timestamptz[], uuid[], text[]) IS
    'Rejects or withdraws proposals; one status row for each member';
