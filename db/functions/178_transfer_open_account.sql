-- Opens the account of the new pool for one transfer, or makes the one that is there the one that receives.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the account of that pool, whose account_id is null where there is none; whether contributions will come
-- to it. Locks: the caller has locked the person and all accounts of the person, in earlier statements.
-- Outcomes: the account as it is now. Another one that received is spend_only. Where nothing will be contributed, as to
-- an enrolment without account, it can only be spent from.
CREATE OR REPLACE FUNCTION transfer_open_account(
    asked transfer, taking account, new_account_id uuid, receives boolean, instant timestamptz)
RETURNS account
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    made account;
BEGIN
    IF receives THEN
        UPDATE account SET status = 'spend_only', version = account.version + 1
         WHERE account.person_key = asked.person_key AND account.status = 'active'
           AND account.pool_code <> asked.to_pool_code;
    END IF;
    IF taking.account_id IS NULL THEN
        INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at)
        VALUES (asked.person_key, new_account_id, asked.person_id, asked.to_pool_code,
                CASE WHEN receives THEN 'active' ELSE 'spend_only' END, instant)
        RETURNING * INTO made;
        RETURN made;
    END IF;
    UPDATE account
       SET status = CASE WHEN receives THEN 'active' ELSE 'spend_only' END, version = account.version + 1
     WHERE account.person_key = asked.person_key AND account.account_id = taking.account_id
       AND CASE WHEN receives THEN account.status <> 'active' ELSE account.status = 'closed' END;
    SELECT * INTO made FROM account
     WHERE account.person_key = asked.person_key AND account.account_id = taking.account_id;
    RETURN made;
END
$$;
COMMENT ON FUNCTION transfer_open_account(transfer, account, uuid, boolean, timestamptz) IS
    'Opens the account of the new pool for one transfer, or makes the one that is there the one that receives';
