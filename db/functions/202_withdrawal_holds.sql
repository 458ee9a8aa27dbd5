-- Whether money of an account may still come back to it or be taken from it by what others have begun.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. Institutions hold some of it, or a wallet transfer that it was sent by is not accepted yet.
CREATE OR REPLACE FUNCTION withdrawal_holds(asked account) RETURNS boolean
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN asked.held_fen > 0
        OR EXISTS (SELECT FROM wallet_transfer AS sent
                    WHERE sent.person_key = asked.person_key AND sent.account_id = asked.account_id
                      AND sent.state = 'pending');
END
$$;
COMMENT ON FUNCTION withdrawal_holds(account) IS
    'Whether money of an account may still come back to it or be taken from it by what others have begun';
