-- Whether money of an account is on its way to a wallet, so that it may still come back.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing; whoever acts on it has locked the account, without which none can leave. Such an account must be
-- neither closed nor emptied for good: what returns needs a place. A plain SELECT, so that the planner inlines it.
CREATE OR REPLACE FUNCTION account_has_wallet_money(asked_person_key bigint, asked_account_id uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
SELECT EXISTS (SELECT FROM wallet_transfer
                WHERE wallet_transfer.person_key = asked_person_key AND wallet_transfer.account_id = asked_account_id
                  AND wallet_transfer.state = 'pending')
$$;
COMMENT ON FUNCTION account_has_wallet_money(bigint, uuid) IS
    'Whether money of an account is on its way to a wallet, so that it may still come back';
