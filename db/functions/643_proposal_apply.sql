-- Applies proposals through the function of their kind: proposal_apply_<kind>, called round by round.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each proposal, each named once, locked and judged open by the caller; the
-- business instant.
-- Each kind's function has the signature below and decides for itself (docs/proposals.md). It is called with proposals
-- of its kind only, in the order of their ids, and with at most one of each person: the next of that person comes in
-- another call, which sees what the first did. Kinds follow each other in a fixed order.
-- Outcomes: one row for each proposal: status applied with an outcome, or a refusal: not_allowed_in_status,
-- already_exists or conflict. A kind without a function is a conflict; so is any other answer, or none.
CREATE OR REPLACE FUNCTION proposal_apply(
    proposal_ids uuid[], instant timestamptz, actors uuid[], request_ids text[])
RETURNS TABLE (proposal_id uuid, status text, outcome jsonb)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    step record;
BEGIN
    FOR step IN
        SELECT ranked.kind, ranked.round, array_agg(ranked.proposal_id ORDER BY ranked.proposal_id) AS ids,
               array_agg(ranked.actor ORDER BY ranked.proposal_id) AS actors,
               array_agg(ranked.request_id ORDER BY ranked.proposal_id) AS request_ids
          FROM (SELECT proposal.kind, proposal.proposal_id, asked.actor, asked.request_id,
                       row_number() OVER (PARTITION BY proposal.kind,
                                              coalesce(proposal.person_key::text, proposal.proposal_id::text)
                                          ORDER BY proposal.proposal_id) AS round
                  FROM unnest(proposal_ids, actors, request_ids) AS asked (proposal_id, actor, request_id)
                  JOIN proposal ON proposal.proposal_id = asked.proposal_id) AS ranked
         GROUP BY ranked.kind, ranked.round
         ORDER BY array_position('{post_import,correct_person,correct_enrolment,change_account_status,'
                                 'reverse_contribution,merge_people}', ranked.kind), ranked.round
    LOOP
        IF to_regprocedure(format('proposal_apply_%s(uuid[],timestamptz,uuid[],text[])', step.kind)) IS NULL THEN
            RETURN QUERY SELECT missing.id, 'conflict', NULL::jsonb FROM unnest(step.ids) AS missing (id);
            CONTINUE;
        END IF;
        RETURN QUERY EXECUTE format(
            'SELECT asked.id,'
            ' CASE WHEN done.status IN (''applied'', ''not_allowed_in_status'', ''already_exists'')'
            ' THEN done.status ELSE ''conflict'' END,'
            ' CASE WHEN jsonb_typeof(done.outcome) = ''object'' THEN done.outcome ELSE ''{}'' END'
            ' FROM unnest($1) AS asked (id)'
            ' LEFT JOIN proposal_apply_%s($1, $2, $3, $4) AS done ON done.proposal_id = asked.id', step.kind)
            USING step.ids, instant, step.actors, step.request_ids;
    END LOOP;
END
$$;
COMMENT ON FUNCTION proposal_apply(uuid[], timestamptz, uuid[], text[]) IS
    'Applies locked open proposals through proposal_apply_<kind>; one row for each: applied or a refusal';
