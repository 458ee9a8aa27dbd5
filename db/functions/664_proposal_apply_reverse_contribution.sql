-- Applies approved proposals to reverse contributions (docs/ledger.md).
-- SPDX-License-Identifier: Apache-2.0
-- Arguments and outcomes as proposal_apply has them; instant in business time.
-- Locks: the persons in the order of their keys, so that no merge comes between; then all accounts at once, in id
-- order. One after another: what one takes from an account the next must see, and approvals are few.
CREATE OR REPLACE FUNCTION proposal_apply_reverse_contribution(
    proposal_ids uuid[], instant timestamptz, actors uuid[], request_ids text[])
RETURNS TABLE (proposal_id uuid, status text, outcome jsonb)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    asked record;
BEGIN
    PERFORM FROM person
      WHERE person.person_key IN (SELECT proposal.person_key FROM proposal
                                   WHERE proposal.proposal_id = ANY (proposal_ids))
      ORDER BY person.person_key
        FOR NO KEY UPDATE;
    PERFORM account_lock(held.person_keys, held.account_ids, true)
       FROM (SELECT array_agg(account.person_key) AS person_keys, array_agg(account.account_id) AS account_ids
               FROM account
              WHERE (account.person_key, account.pool_code)
                    IN (SELECT proposal.person_key, proposal.pool_code FROM proposal
                         WHERE proposal.proposal_id = ANY (proposal_ids))) AS held;
    FOR asked IN
        SELECT proposal.proposal_id, proposal.person_key, proposal.object_id,
               proposal.payload ->> 'source_document' AS document
          FROM proposal
         WHERE proposal.proposal_id = ANY (proposal_ids)
         ORDER BY proposal.proposal_id
    LOOP
        RETURN QUERY
        SELECT asked.proposal_id, done.status, done.outcome
          FROM contribution_reverse(asked.person_key, asked.object_id, asked.proposal_id,
                                    asked.document, instant) AS done;
    END LOOP;
END
$$;
COMMENT ON FUNCTION proposal_apply_reverse_contribution(uuid[], timestamptz, uuid[], text[]) IS
    'Applies approved proposals to reverse contributions; one row for each: applied with an outcome, or a refusal';
