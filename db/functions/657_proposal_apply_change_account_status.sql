-- Applies changes of the status of accounts.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments and form: docs/proposals.md; the one change is of field status.
-- Locks: the accounts, in the order of their ids (account_lock).
-- Outcomes: applied; not_allowed_in_status; conflict where the status has changed since, another account is active by
-- now, the record was merged, or the date of death says otherwise.
CREATE OR REPLACE FUNCTION proposal_apply_change_account_status(
    proposal_ids uuid[], instant timestamptz, actors uuid[], request_ids text[])
RETURNS TABLE (proposal_id uuid, status text, outcome jsonb)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    statuses text[];
BEGIN
    PERFORM FROM (SELECT array_agg(p.person_key) AS person_keys, array_agg(p.object_id) AS account_ids
                    FROM proposal AS p WHERE p.proposal_id = ANY (proposal_ids)) AS asked,
                 LATERAL account_lock(asked.person_keys, asked.account_ids, true);
    SELECT array_agg(CASE WHEN account.account_id IS NULL
                               OR account.status <> proposal_values(p.payload, 'before') ->> 'status'
                               OR EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = p.person_key)
                               THEN 'conflict'
                          ELSE coalesce(account_status_fault(account, proposal_values(p.payload, 'after') ->> 'status'),
                                        'applied') END ORDER BY asked.ord) INTO statuses
      FROM unnest(proposal_ids) WITH ORDINALITY AS asked (proposal_id, ord)
      JOIN proposal AS p ON p.proposal_id = asked.proposal_id
      LEFT JOIN account ON account.person_key = p.person_key AND account.account_id = p.object_id;
    BEGIN
        UPDATE account
           SET status = proposal_values(p.payload, 'after') ->> 'status', version = account.version + 1
          FROM unnest(proposal_ids, statuses) AS asked (proposal_id, status)
          JOIN proposal AS p ON p.proposal_id = asked.proposal_id
         WHERE asked.status = 'applied' AND account.person_key = p.person_key AND account.account_id = p.object_id;
    EXCEPTION WHEN unique_violation THEN
        -- An import has just opened an account that receives: nobody's turn now, all may be asked again.
        RETURN QUERY SELECT asked.id, 'conflict', NULL::jsonb FROM unnest(proposal_ids) AS asked (id);
        RETURN;
    END;
    RETURN QUERY SELECT asked.id, asked.status, '{}'::jsonb FROM unnest(proposal_ids, statuses) AS asked (id, status);
END
$$;
COMMENT ON FUNCTION proposal_apply_change_account_status(uuid[], timestamptz, uuid[], text[]) IS
    'Applies changes of the status of accounts (docs/proposals.md)';
