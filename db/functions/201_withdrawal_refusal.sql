-- What speaks against withdrawing the money of an account for a reason; null when nothing does.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: withdrawal_id and transfer_id: the withdrawal that is judged itself, and the transfer that it belongs to;
-- null: there is none. Locks none. Outcomes, by precedence:
--   account_<status>         account_status_rule: withdraw
--   withdrawal_under_way     the account has another one
--   transfer_under_way       a transfer moves this account, or will let it receive: it is of the pool that one goes to
--   withdrawal_not_eligible  a condition of the reason is not met
--   nothing_to_withdraw      the balance is zero
CREATE OR REPLACE FUNCTION withdrawal_refusal(
    asked account, reason text, is_staff boolean, day date, own_id uuid, own_transfer_id uuid) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE
        WHEN NOT coalesce((SELECT rule.allowed FROM account_status_rule AS rule
                            WHERE rule.status = asked.status AND rule.operation = 'withdraw'), false)
            THEN 'account_' || asked.status
        WHEN EXISTS (SELECT FROM withdrawal AS other
                      WHERE other.person_key = asked.person_key AND other.account_id = asked.account_id
                        AND other.ended_at IS NULL AND other.withdrawal_id IS DISTINCT FROM own_id)
            THEN 'withdrawal_under_way'
        WHEN EXISTS (SELECT FROM transfer AS other
                      WHERE other.person_key = asked.person_key AND other.ended_at IS NULL
                        AND (asked.account_id IN (other.from_account_id, other.to_account_id)
                             OR (asked.pool_code = other.to_pool_code AND other.to_scheme = 'employee'))
                        AND other.transfer_id IS DISTINCT FROM own_transfer_id)
            THEN 'transfer_under_way'
        WHEN EXISTS (SELECT FROM withdrawal_conditions(asked, reason, is_staff, day) AS one WHERE NOT one.is_met)
            THEN 'withdrawal_not_eligible'
        WHEN asked.current_year_fen + asked.carried_over_fen = 0 THEN 'nothing_to_withdraw' END;
END
$$;
COMMENT ON FUNCTION withdrawal_refusal(account, text, boolean, date, uuid, uuid) IS
    'What speaks against withdrawing the money of an account for a reason; null when nothing does';
