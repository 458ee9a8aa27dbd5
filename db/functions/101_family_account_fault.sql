-- What keeps an account from being shared with relatives; null when nothing does.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none; whoever acts on it has locked the account. Outcomes, by precedence:
--   account_suspended, account_frozen, account_deceased, account_closed   its status
--   scheme_cannot_share   it is not the account in use of an enrolment in force in the employee scheme (active, or
--                         closing because a transfer is under way)
CREATE OR REPLACE FUNCTION family_account_fault(asked_person_key bigint, asked_account_id uuid, asked_day date)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT CASE WHEN account.status IN ('suspended', 'frozen', 'deceased', 'closed')
                         THEN 'account_' || account.status
                    WHEN account.status <> 'active'
                         OR NOT EXISTS (SELECT FROM enrolment
                                         WHERE enrolment.person_key = account.person_key
                                           AND enrolment.pool_code = account.pool_code
                                           AND enrolment.scheme = 'employee'
                                           AND enrolment.status IN ('active', 'closing')
                                           AND enrolment.started_on <= asked_day)
                         THEN 'scheme_cannot_share' END
          FROM account
         WHERE account.person_key = asked_person_key AND account.account_id = asked_account_id);
END
$$;
COMMENT ON FUNCTION family_account_fault(bigint, uuid, date) IS
    'What keeps an account from being shared with relatives; null when nothing does';
