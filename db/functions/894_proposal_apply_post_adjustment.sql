-- Posts approved adjustments: one entry each, against the pool's adjustment account.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments and outcomes as proposal_apply has them; instant in business time. Judged as when it was proposed, with the
-- account as it is by now. The operation has the proposal's id, the entry the id that was made with the proposal.
-- Locks: the accounts, in the order of their ids (account_lock). One after another: each goes on with the chain of its
-- account, and approvals are few.
CREATE OR REPLACE FUNCTION proposal_apply_post_adjustment(
    proposal_ids uuid[], instant timestamptz, actors uuid[], request_ids text[])
RETURNS TABLE (proposal_id uuid, status text, outcome jsonb)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    asked record;
    posted record;
    fault text;
BEGIN
    PERFORM account_lock(held.person_keys, held.account_ids, true)
       FROM (SELECT array_agg(p.person_key) AS person_keys, array_agg(p.object_id) AS account_ids
               FROM proposal AS p WHERE p.proposal_id = ANY (proposal_ids)) AS held;
    FOR asked IN
        SELECT p.proposal_id, p.person_key, p.object_id AS account_id, (p.payload ->> 'entry_id')::uuid AS entry_id,
               coalesce(p.payload ->> 'source_document', '') AS reference, change.item ->> 'part' AS part,
               change.item ->> 'direction' AS direction, (change.item ->> 'amount_fen')::bigint AS amount_fen,
               (change.item ->> 'linked_entry_id')::uuid AS linked_entry_id
          FROM proposal AS p
         CROSS JOIN LATERAL (SELECT proposal_values(p.payload, 'after') AS item) AS change
         WHERE p.proposal_id = ANY (proposal_ids)
         ORDER BY p.proposal_id
    LOOP
        SELECT CASE WHEN EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = asked.person_key)
                         THEN 'conflict'
                    ELSE adjustment_fault(account, asked.part, asked.direction, asked.amount_fen) END INTO fault
          FROM account
         WHERE account.person_key = asked.person_key AND account.account_id = asked.account_id;
        IF NOT FOUND OR fault IS NOT NULL THEN
            RETURN QUERY SELECT asked.proposal_id, coalesce(fault, 'conflict'), NULL::jsonb;
            CONTINUE;
        END IF;
        SELECT entry.status, entry.current_year_after_fen + entry.carried_over_after_fen AS balance_fen INTO posted
          FROM account,
               ledger_post(ARRAY[asked.person_key], ARRAY[asked.account_id], ARRAY[asked.entry_id],
                           ARRAY[asked.proposal_id],
                           ARRAY['adjustment'], ARRAY[asked.part], ARRAY[asked.direction], ARRAY[asked.amount_fen],
                           ARRAY['adjustment:' || account.pool_code],
                           ARRAY[(instant AT TIME ZONE 'Asia/Shanghai')::date],
                           ARRAY[asked.reference], ARRAY[asked.linked_entry_id], instant,
                           account_chain_hash(asked.person_key)) AS entry
         WHERE account.person_key = asked.person_key AND account.account_id = asked.account_id;
        ASSERT posted.status = 'posted', 'an adjustment that was judged good cannot be posted: ' || posted.status;
        RETURN QUERY
        SELECT asked.proposal_id, 'applied', jsonb_build_object(
            'account_id', asked.account_id, 'entry_id', asked.entry_id, 'operation_id', asked.proposal_id,
            'part', asked.part, 'direction', asked.direction, 'amount_fen', asked.amount_fen,
            'balance_after_fen', posted.balance_fen);
    END LOOP;
END
$$;
COMMENT ON FUNCTION proposal_apply_post_adjustment(uuid[], timestamptz, uuid[], text[]) IS
    'Posts approved adjustments; one row for each: applied with the entry, or a refusal';
