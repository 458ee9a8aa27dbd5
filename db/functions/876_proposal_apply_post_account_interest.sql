-- Applies approved proposals of kind post_account_interest: the interest of all open days is posted, up to today.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments and outcomes as proposal_apply has them. Locks: the accounts, which the caller has locked already.
-- Outcomes: applied with the interest posted; not_allowed_in_status where the account bears none in its status;
-- conflict where the record was merged, nothing is due any more, or the balance would be too large.
CREATE OR REPLACE FUNCTION proposal_apply_post_account_interest(
    proposal_ids uuid[], instant timestamptz, actors uuid[], request_ids text[])
RETURNS TABLE (proposal_id uuid, status text, outcome jsonb)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    asked record;
    done record;
BEGIN
    PERFORM FROM (SELECT array_agg(p.person_key) AS person_keys, array_agg(p.object_id) AS account_ids
                    FROM proposal AS p WHERE p.proposal_id = ANY (proposal_ids)) AS wanted,
                 LATERAL account_lock(wanted.person_keys, wanted.account_ids, true);
    FOR asked IN
        SELECT p.proposal_id, p.person_key, p.object_id, rule.allowed,
               EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = p.person_key) AS is_merged,
               interest_due(p.person_key, p.object_id, (instant AT TIME ZONE 'Asia/Shanghai')::date) AS due_fen
          FROM proposal AS p
          LEFT JOIN account ON account.person_key = p.person_key AND account.account_id = p.object_id
          LEFT JOIN account_status_rule AS rule ON rule.status = account.status AND rule.operation = 'interest'
         WHERE p.proposal_id = ANY (proposal_ids)
         ORDER BY p.proposal_id
    LOOP
        proposal_id := asked.proposal_id;
        outcome := NULL;
        status := CASE WHEN asked.is_merged THEN 'conflict' WHEN asked.allowed IS NOT TRUE THEN 'not_allowed_in_status'
                       WHEN asked.due_fen = 0 THEN 'conflict' ELSE 'applied' END;
        IF status = 'applied' THEN
            SELECT * INTO STRICT done
              FROM interest_settle(asked.person_key, asked.object_id, asked.proposal_id, instant,
                                   account_chain_hash(asked.person_key));
            IF done.postings = 0 THEN
                status := 'conflict';
            ELSE
                outcome := jsonb_build_object('account_id', asked.object_id, 'interest_fen', done.interest_fen);
            END IF;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION proposal_apply_post_account_interest(uuid[], timestamptz, uuid[], text[]) IS
    'Applies approved proposals to settle the interest of accounts; one row for each: applied, or a refusal';
