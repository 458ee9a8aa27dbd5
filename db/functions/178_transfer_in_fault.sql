-- What speaks against taking a transfer in: who it is about, another enrolment, or the account of the new pool.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the enrolment that it goes to, null where that is to be opened; the account of the new pool, whose
-- account_id is null where there is none. Locks: none; whoever acts on it has locked all of them. Outcomes, by
-- precedence:
--   account_deceased   the person has died
--   conflict           another employee enrolment is active, or one that has ended began on the same day
--   withdrawal_under_way   the account of the new pool is being withdrawn, and would be closed when that is paid
--   account_frozen, …  of account_status_rule: take_in; a closed account is opened again
--   balance_overflow   no account can hold that much
-- null: nothing.
CREATE OR REPLACE FUNCTION transfer_in_fault(asked transfer, goes_to_id uuid, taking account) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE
        WHEN EXISTS (SELECT FROM person WHERE person.person_key = asked.person_key AND person.deceased_on IS NOT NULL)
            THEN 'account_deceased'
        WHEN asked.to_scheme = 'employee'
             AND EXISTS (SELECT FROM enrolment AS other
                          WHERE other.person_key = asked.person_key AND other.scheme = 'employee'
                            AND other.status = 'active' AND other.enrolment_id IS DISTINCT FROM goes_to_id)
            THEN 'conflict'
        WHEN goes_to_id IS NULL
             AND EXISTS (SELECT FROM enrolment AS other
                          WHERE other.person_key = asked.person_key AND other.pool_code = asked.to_pool_code
                            AND other.scheme = asked.to_scheme AND other.started_on = asked.moves_on) THEN 'conflict'
        WHEN asked.to_scheme = 'resident' OR taking.account_id IS NULL THEN NULL
        WHEN EXISTS (SELECT FROM withdrawal
                      WHERE withdrawal.person_key = asked.person_key AND withdrawal.account_id = taking.account_id
                        AND withdrawal.ended_at IS NULL) THEN 'withdrawal_under_way'
        WHEN taking.status = 'closed' THEN NULL
        WHEN NOT EXISTS (SELECT FROM account_status_rule AS rule
                          WHERE rule.status = taking.status AND rule.operation = 'take_in' AND rule.allowed)
            THEN 'account_' || taking.status
        WHEN asked.amount_fen > 9007199254740991 - taking.current_year_fen - taking.carried_over_fen
            THEN 'balance_overflow' END;
END
$$;
COMMENT ON FUNCTION transfer_in_fault(transfer, uuid, account) IS
    'What speaks against taking a transfer in: its person, another enrolment, or the account of the new pool; null: '
    'nothing';
