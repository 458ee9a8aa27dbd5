-- Applies approved proposals to merge two records of one person (docs/ledger.md).
-- SPDX-License-Identifier: Apache-2.0
-- Arguments and outcomes as proposal_apply has them; instant in business time. The survivor's audit event is the
-- approval's; the duplicate gets one of its own. object_id is the duplicate's person_id.
-- Locks: merges against imports and each other (merge_gate); both persons of all in the order of their keys; then all
-- accounts of all of them at once, in id order. One after another: a person may stand in two of them.
CREATE OR REPLACE FUNCTION proposal_apply_merge_people(
    proposal_ids uuid[], instant timestamptz, actors uuid[], request_ids text[])
RETURNS TABLE (proposal_id uuid, status text, outcome jsonb)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    everybody bigint[] := ARRAY(SELECT proposal.person_key FROM proposal WHERE proposal.proposal_id = ANY (proposal_ids)
                                UNION SELECT person_key_of(proposal.object_id) FROM proposal
                                       WHERE proposal.proposal_id = ANY (proposal_ids));
    asked record;
BEGIN
    PERFORM merge_gate(true);
    PERFORM FROM person WHERE person.person_key = ANY (everybody) ORDER BY person.person_key FOR NO KEY UPDATE;
    PERFORM account_lock(held.person_keys, held.account_ids, true)
       FROM (SELECT array_agg(account.person_key) AS person_keys, array_agg(account.account_id) AS account_ids
               FROM account WHERE account.person_key = ANY (everybody)) AS held;
    FOR asked IN
        SELECT proposal.proposal_id, survivor.person_key, survivor.person_id, duplicate.person_key AS duplicate_key,
               duplicate.person_id AS duplicate_id, given.actor, given.request_id
          FROM unnest(proposal_ids, actors, request_ids) AS given (proposal_id, actor, request_id)
          JOIN proposal ON proposal.proposal_id = given.proposal_id
          LEFT JOIN person AS survivor ON survivor.person_key = proposal.person_key
          LEFT JOIN person AS duplicate ON duplicate.person_key = person_key_of(proposal.object_id)
                                       AND duplicate.person_id = proposal.object_id
         ORDER BY proposal.proposal_id
    LOOP
        proposal_id := asked.proposal_id;
        status := merge_refusal(asked.person_key, asked.duplicate_key);
        outcome := NULL;
        IF status IS NULL THEN
            status := 'applied';
            outcome := merge_people(asked.person_key, asked.person_id, asked.duplicate_key, asked.duplicate_id,
                                    asked.proposal_id, instant);
            INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id,
                                     request_id, detail)
            VALUES (person_id_at(asked.duplicate_key, person_id_tick()), clock_timestamp(), 'staff', asked.actor,
                    'merge_people', asked.duplicate_key, asked.person_id, asked.request_id,
                    jsonb_build_object('proposal_id', asked.proposal_id));
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION proposal_apply_merge_people(uuid[], timestamptz, uuid[], text[]) IS
    'Applies approved proposals to merge two records of one person; one row for each: applied with an outcome, or a '
    'refusal';
