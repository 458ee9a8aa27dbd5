-- Approves proposals: applies each and records who did, in one transaction.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. visibles: comma-joined LIKE patterns of pool codes, null for
-- every pool; decided_ats in real time, business_instants in business time. Executing it again decides nothing twice.
-- Locks: the proposals, in the order of their ids; then what each kind's function locks, kind by kind in a fixed order;
-- then tokens and their epochs.
-- Outcomes: one row for each member, in order. status, by precedence:
--   malformed                an id or instant that no decision can have: a caller checks before
--   absent                   there is no such proposal, or it is not the caller's to see
--   proposer_cannot_decide   the caller proposed it
--   done                     approved and applied (or was already, by the same caller)
--   already_decided          somebody else has decided it, or it was decided otherwise
--   not_allowed_in_status, already_exists, conflict   it cannot be applied as things are; it stays open
CREATE OR REPLACE FUNCTION proposal_approve(
    proposal_ids uuid[], visibles text[], decided_bys uuid[], decided_ats timestamptz[],
    business_instants timestamptz[], event_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text, proposal_id uuid)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    seen bigint[];
    leaders bigint[];
    led_ids uuid[];
    led_statuses text[];
    outcomes jsonb[];
    statuses text[];
BEGIN
    PERFORM FROM proposal WHERE proposal.proposal_id = ANY (proposal_ids)
      ORDER BY proposal.proposal_id FOR NO KEY UPDATE;
    -- Who sees what is settled before anything is applied: a merge may take the person out of sight.
    SELECT array_agg(asked.ord) INTO seen
      FROM unnest(proposal_ids, visibles, decided_bys, decided_ats, business_instants, event_ids, request_ids)
           WITH ORDINALITY AS asked (proposal_id, visible, decided_by, decided_at, instant, event_id, request_id, ord)
      JOIN proposal ON proposal.proposal_id = asked.proposal_id
     WHERE asked.decided_by IS NOT NULL AND asked.decided_at IS NOT NULL AND asked.instant IS NOT NULL
       AND asked.event_id IS NOT NULL AND coalesce(octet_length(asked.request_id) <= 64, true)
       AND proposal_is_in_reach(proposal, asked.visible);
    -- The first who may decide a proposal does.
    SELECT array_agg(first.ord) INTO leaders
      FROM (SELECT DISTINCT ON (asked.proposal_id) asked.ord
              FROM unnest(proposal_ids, decided_bys) WITH ORDINALITY AS asked (proposal_id, decided_by, ord)
              JOIN proposal ON proposal.proposal_id = asked.proposal_id
             WHERE asked.ord = ANY (seen) AND proposal.state = 'open' AND proposal.proposed_by <> asked.decided_by
             ORDER BY asked.proposal_id, asked.ord) AS first;

    IF leaders IS NOT NULL THEN
        SELECT array_agg(done.proposal_id), array_agg(done.status), array_agg(done.outcome)
          INTO led_ids, led_statuses, outcomes
          FROM (SELECT array_agg(proposal_ids[l] ORDER BY l) AS ids, max(business_instants[l]) AS instant,
                       array_agg(decided_bys[l] ORDER BY l) AS actors, array_agg(request_ids[l] ORDER BY l) AS requests
                  FROM unnest(leaders) AS l) AS led,
               LATERAL proposal_apply(led.ids, led.instant, led.actors, led.requests) AS done;
        UPDATE proposal
           SET state = 'approved', decided_by = decided_bys[l], decided_at = decided_ats[l], outcome = done.outcome
          FROM unnest(leaders) AS l, unnest(led_ids, led_statuses, outcomes) AS done (proposal_id, status, outcome)
         WHERE proposal.proposal_id = proposal_ids[l] AND done.proposal_id = proposal.proposal_id
           AND done.status = 'applied';
        PERFORM citizen_sign_out(array_agg(gone.person_id::uuid), array_agg(decided_bys[l]), array_agg(decided_ats[l]))
           FROM unnest(leaders) AS l
           JOIN proposal ON proposal.proposal_id = proposal_ids[l] AND proposal.state = 'approved'
          CROSS JOIN LATERAL jsonb_array_elements_text(proposal.outcome -> 'signed_out') AS gone (person_id);
    END IF;

    SELECT array_agg(CASE WHEN asked.decided_by IS NULL OR asked.decided_at IS NULL OR asked.instant IS NULL
                               OR asked.event_id IS NULL OR octet_length(asked.request_id) > 64 THEN 'malformed'
                          WHEN NOT coalesce(asked.ord = ANY (seen), false) THEN 'absent'
                          WHEN proposal.proposed_by = asked.decided_by THEN 'proposer_cannot_decide'
                          WHEN proposal.state = 'approved' AND proposal.decided_by = asked.decided_by THEN 'done'
                          WHEN proposal.state <> 'open' THEN 'already_decided'
                          ELSE coalesce(led_statuses[array_position(led_ids, asked.proposal_id)], 'conflict') END
                     ORDER BY asked.ord) INTO statuses
      FROM unnest(proposal_ids, decided_bys, decided_ats, business_instants, event_ids, request_ids)
           WITH ORDINALITY AS asked (proposal_id, decided_by, decided_at, instant, event_id, request_id, ord)
      LEFT JOIN proposal ON proposal.proposal_id = asked.proposal_id;

    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code, request_id,
                             detail)
    SELECT asked.event_id, asked.decided_at, 'staff', asked.decided_by, 'approve_proposal', proposal.person_key,
           asked.proposal_id, proposal.pool_code, asked.request_id,
           jsonb_build_object('kind', proposal.kind, 'object_id', proposal.object_id,
                              'repeated', NOT coalesce(asked.ord = ANY (leaders), false))
      FROM unnest(proposal_ids, decided_bys, decided_ats, event_ids, request_ids) WITH ORDINALITY
           AS asked (proposal_id, decided_by, decided_at, event_id, request_id, ord)
      JOIN proposal ON proposal.proposal_id = asked.proposal_id
     WHERE statuses[asked.ord] = 'done'
     ORDER BY asked.event_id
        ON CONFLICT DO NOTHING;

    RETURN QUERY SELECT asked.ord, statuses[asked.ord], asked.proposal_id
      FROM unnest(proposal_ids) WITH ORDINALITY AS asked (proposal_id, ord) ORDER BY asked.ord;
END
$$;
COMMENT ON FUNCTION proposal_approve(uuid[], text[], uuid[], timestamptz[], timestamptz[], uuid[], text[]) IS
    'Approves and applies proposals in one transaction; one status row for each member';
