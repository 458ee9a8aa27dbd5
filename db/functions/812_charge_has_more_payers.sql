-- Whether somebody else than an account of a person might pay for the person: an older account, the wallet,
-- or a sharer.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the account that is charged; null where the person has none.
-- Locks nothing. Whether they may pay for this, and have enough, is judged by charge_payers_judge.
CREATE OR REPLACE FUNCTION charge_has_more_payers(asked_person_key bigint, asked_account_id uuid)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM account
                    WHERE account.person_key = asked_person_key AND account.account_id IS DISTINCT FROM asked_account_id
                      AND (account.status = 'spend_only' OR account.pool_code = '000000')
                      AND account.current_year_fen + account.carried_over_fen > account.held_fen)
        OR EXISTS (SELECT FROM family_member AS member
                    WHERE member.member_person_key = asked_person_key AND member.state = 'active'
                      AND member.way = 'direct');
END
$$;
COMMENT ON FUNCTION charge_has_more_payers(bigint, uuid) IS
    'Whether an older account, the wallet or a sharer might pay for a person beside an account';
