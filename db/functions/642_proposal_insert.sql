-- Stores new proposals with one audit event each: what every operation that proposes something ends with.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each proposal; ids come from the caller, so executing it again stores nothing
-- twice. The caller has judged what is proposed; payloads are objects as docs/proposals.md describes. Instants in real time.
-- Locks: none but those of the inserted rows.
-- Outcomes: one row for each member, in order. status, by precedence:
--   malformed       something the table refuses: a caller checks before
--   already_exists  the same kind of thing is proposed for this object already, and not decided yet
--   proposed        it is open now (or was stored already, when asked again)
CREATE OR REPLACE FUNCTION proposal_insert(
    proposal_ids uuid[], kinds text[], person_keys bigint[], object_ids uuid[], pool_codes text[], payloads jsonb[],
    reasons text[], proposed_bys uuid[], instants timestamptz[], event_ids uuid[], actions text[], request_ids text[])
RETURNS TABLE (ord bigint, status text)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    well_formed bigint[];
BEGIN
    SELECT array_agg(asked.ord) INTO well_formed
      FROM unnest(proposal_ids, kinds, pool_codes, payloads, reasons, proposed_bys, instants, event_ids, actions,
                  request_ids) WITH ORDINALITY
           AS asked (proposal_id, kind, pool_code, payload, reason, proposed_by, instant, event_id, action, request_id,
                     ord)
     WHERE asked.proposal_id IS NOT NULL AND asked.proposed_by IS NOT NULL AND asked.instant IS NOT NULL
       AND asked.event_id IS NOT NULL AND jsonb_typeof(asked.payload) = 'object'
       AND asked.kind IN ('correct_person', 'correct_enrolment', 'change_account_status', 'merge_people',
                          'reverse_contribution', 'post_import')
       AND coalesce(asked.pool_code ~ '^[0-9]{6}$', true) AND octet_length(asked.reason) BETWEEN 1 AND 2000
       AND asked.action ~ '^[a-z][a-z0-9_.]{1,63}$' AND coalesce(octet_length(asked.request_id) <= 64, true);

    INSERT INTO proposal (proposal_id, kind, person_key, object_id, pool_code, payload, reason, proposed_by, proposed_at)
    SELECT asked.proposal_id, asked.kind, asked.person_key, asked.object_id, asked.pool_code, asked.payload,
           asked.reason, asked.proposed_by, asked.instant
      FROM unnest(proposal_ids, kinds, person_keys, object_ids, pool_codes, payloads, reasons, proposed_bys, instants)
           WITH ORDINALITY
           AS asked (proposal_id, kind, person_key, object_id, pool_code, payload, reason, proposed_by, instant, ord)
     WHERE asked.ord = ANY (well_formed)
     ORDER BY asked.object_id, asked.kind, asked.ord
        ON CONFLICT DO NOTHING;

    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code, request_id,
                             detail)
    SELECT asked.event_id, asked.instant, 'staff', asked.proposed_by, asked.action, proposal.person_key,
           proposal.object_id, proposal.pool_code, asked.request_id,
           jsonb_build_object('proposal_id', proposal.proposal_id)
      FROM unnest(proposal_ids, proposed_bys, instants, event_ids, actions, request_ids) WITH ORDINALITY
           AS asked (proposal_id, proposed_by, instant, event_id, action, request_id, ord)
      JOIN proposal ON proposal.proposal_id = asked.proposal_id AND proposal.proposed_by = asked.proposed_by
     WHERE asked.ord = ANY (well_formed)
     ORDER BY asked.event_id
        ON CONFLICT DO NOTHING;

    RETURN QUERY
    SELECT asked.ord, CASE WHEN NOT coalesce(asked.ord = ANY (well_formed), false) THEN 'malformed'
                           WHEN proposal.proposal_id IS NULL THEN 'already_exists'
                           ELSE 'proposed' END
      FROM unnest(proposal_ids) WITH ORDINALITY AS asked (proposal_id, ord)
      LEFT JOIN proposal ON proposal.proposal_id = asked.proposal_id
     ORDER BY asked.ord;
END
$$;
COMMENT ON FUNCTION proposal_insert(uuid[], text[], bigint[], uuid[], text[], jsonb[], text[], uuid[], timestamptz[],
    uuid[], text[], text[]) IS
    'Stores new proposals with an audit event each; one status row for each member: malformed, already_exists or proposed';
