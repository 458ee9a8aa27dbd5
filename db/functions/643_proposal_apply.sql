-- Applies proposals through the function of their kind: proposal_apply_<kind>, called round by round.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each proposal, each named once, locked and judged open by the caller; the
-- business instant.
-- Each kind's function has the signature below and decides for itself (docs/proposals.md). It is called with proposals
-- of its kind only, in the order of their ids, and with at most one of each person: the next of that person comes in
-- another call, which sees what the first did. Kinds follow each other in a fixed order.
-- Locks: all that the kinds will lock of people and money, before the first of them and in one order, so that
-- approvals, charges and imports never wait for each other in a ring: merges against imports (merge_gate), the persons
-- in the order of their keys, their accounts in the order of their ids (account_lock). Jobs and numbers are locked by
-- their kinds.
-- Outcomes: one row for each proposal: status applied with an outcome, or a refusal: not_allowed_in_status,
-- already_exists, insufficient_balance, balance_overflow, account_<status> or conflict. A kind without a function is a
-- conflict; so is any other answer, or none.
CREATE OR REPLACE FUNCTION proposal_apply(
    proposal_ids uuid[], instant timestamptz, actors uuid[], request_ids text[])
RETURNS TABLE (proposal_id uuid, status text, outcome jsonb)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    step record;
    held_keys bigint[];
    account_keys bigint[];
    account_ids uuid[];
BEGIN
    IF EXISTS (SELECT FROM proposal AS p WHERE p.proposal_id = ANY (proposal_ids) AND p.kind = 'merge_people') THEN
        PERFORM merge_gate(true);
    END IF;
    SELECT array_agg(touched.person_key), array_agg(touched.person_key) FILTER (WHERE touched.has_accounts)
      INTO held_keys, account_keys
      FROM (SELECT someone.person_key,
                   p.kind IN ('change_account_status', 'reverse_contribution', 'merge_people', 'post_account_interest',
                              'post_adjustment')
                   OR (p.kind = 'correct_person'
                       AND proposal_values(p.payload, 'after') ->> 'deceased_on' IS NOT NULL) AS has_accounts
              FROM proposal AS p
             CROSS JOIN LATERAL (SELECT p.person_key
                                  UNION ALL
                                 SELECT person_key_of(p.object_id) WHERE p.kind = 'merge_people') AS someone
             WHERE p.proposal_id = ANY (proposal_ids)) AS touched;
    PERFORM FROM person WHERE person.person_key = ANY (held_keys) ORDER BY person.person_key FOR NO KEY UPDATE;
    SELECT array_agg(account.person_key), array_agg(account.account_id) INTO account_keys, account_ids
      FROM account WHERE account.person_key = ANY (account_keys);
    PERFORM FROM account_lock(account_keys, account_ids, true);
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
         ORDER BY array_position('{activate_credit_policy,post_import,post_interest,post_credit_run,'
                                 'post_credit_recomputation,'
                                 'correct_person,correct_enrolment,'
                                 'post_account_interest,change_account_status,post_adjustment,reverse_contribution,'
                                 'merge_people}', ranked.kind), ranked.round
    LOOP
        IF to_regprocedure(format('proposal_apply_%s(uuid[],timestamptz,uuid[],text[])', step.kind)) IS NULL THEN
            RETURN QUERY SELECT missing.id, 'conflict', NULL::jsonb FROM unnest(step.ids) AS missing (id);
            CONTINUE;
        END IF;
        RETURN QUERY EXECUTE format(
            'SELECT asked.id,'
            ' CASE WHEN done.status IN (''applied'', ''not_allowed_in_status'', ''already_exists'','
            ' ''insufficient_balance'', ''balance_overflow'', ''account_suspended'', ''account_frozen'','
            ' ''account_spend_only'', ''account_deceased'', ''account_closed'')'
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
