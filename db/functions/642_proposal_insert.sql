-- Stores new proposals of one kind with one audit event each: what every operation that proposes something ends with.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the kind, the operation's name for the audit event, then arrays with one element for each member.
-- statuses: what the caller has judged; any but proposed is passed through and nothing is stored. Ids come from the
-- caller, so executing it again stores nothing twice. payloads are objects as docs/proposals.md describes. Instants in
-- real time.
-- Locks: none but those of the inserted rows.
-- Outcomes: one row for each member, in order. status, by precedence:
--   (the caller's)
--   malformed       something the table refuses: a caller checks before
--   already_exists  the same kind of thing is proposed for this object already, and not decided yet
--   proposed        it is open now (or was stored already, when asked again)
CREATE OR REPLACE FUNCTION proposal_insert(
    kind text, action text, statuses text[], proposal_ids uuid[], person_keys bigint[], object_ids uuid[],
    pool_codes text[], payloads jsonb[], reasons text[], proposed_bys uuid[], instants timestamptz[], event_ids uuid[],
    request_ids text[])
RETURNS TABLE (ord bigint, status text, proposal_id uuid)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    judged text[];
BEGIN
    SELECT array_agg(CASE WHEN asked.status IS DISTINCT FROM 'proposed' THEN coalesce(asked.status, 'malformed')
                          WHEN (asked.proposal_id IS NOT NULL AND asked.proposed_by IS NOT NULL
                                AND asked.instant IS NOT NULL AND asked.event_id IS NOT NULL
                                AND jsonb_typeof(asked.payload) = 'object'
                                AND coalesce(asked.pool_code ~ '^[0-9]{6}$', true)
                                AND octet_length(asked.reason) BETWEEN 1 AND 2000
                                AND coalesce(octet_length(asked.request_id) <= 64, true)) IS NOT TRUE THEN 'malformed'
                          ELSE 'proposed' END ORDER BY asked.ord) INTO judged
      FROM unnest(statuses, proposal_ids, pool_codes, payloads, reasons, proposed_bys, instants, event_ids, request_ids)
           WITH ORDINALITY
           AS asked (status, proposal_id, pool_code, payload, reason, proposed_by, instant, event_id, request_id, ord);

    INSERT INTO proposal (proposal_id, kind, person_key, object_id, pool_code, payload, reason, proposed_by,
                          proposed_at)
    SELECT asked.proposal_id, proposal_insert.kind, asked.person_key, asked.object_id, asked.pool_code, asked.payload,
           asked.reason, asked.proposed_by, asked.instant
      FROM unnest(judged, proposal_ids, person_keys, object_ids, pool_codes, payloads, reasons, proposed_bys, instants)
           WITH ORDINALITY
           AS asked (status, proposal_id, person_key, object_id, pool_code, payload, reason, proposed_by, instant, ord)
     WHERE asked.status = 'proposed'
     ORDER BY asked.object_id, asked.ord
        ON CONFLICT DO NOTHING;

    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code, request_id,
                             detail)
    SELECT asked.event_id, asked.instant, 'staff', asked.proposed_by, proposal_insert.action, proposal.person_key,
           proposal.object_id, proposal.pool_code, asked.request_id,
           jsonb_build_object('proposal_id', proposal.proposal_id)
      FROM unnest(judged, proposal_ids, proposed_bys, instants, event_ids, request_ids)
           AS asked (status, proposal_id, proposed_by, instant, event_id, request_id)
      JOIN proposal ON proposal.proposal_id = asked.proposal_id AND proposal.proposed_by = asked.proposed_by
     WHERE asked.status = 'proposed'
     ORDER BY asked.event_id
        ON CONFLICT DO NOTHING;

    RETURN QUERY
    SELECT asked.ord,
           CASE WHEN asked.status = 'proposed' AND proposal.proposal_id IS NULL THEN 'already_exists'
                ELSE asked.status END,
           asked.proposal_id
      FROM unnest(judged, proposal_ids) WITH ORDINALITY AS asked (status, proposal_id, ord)
      LEFT JOIN proposal ON proposal.proposal_id = asked.proposal_id
     ORDER BY asked.ord;
END
$$;
COMMENT ON FUNCTION proposal_insert(text, text, text[], uuid[], bigint[], uuid[], text[], jsonb[], text[], uuid[],
    timestamptz[], uuid[], text[]) IS
    'Stores new proposals of one kind with an audit event each; one status row for each member';
