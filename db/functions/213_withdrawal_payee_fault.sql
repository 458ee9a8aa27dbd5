-- What speaks against paying out a withdrawal that was approved; null when nothing does.
-- SPDX-License-Identifier: Apache-2.0
-- Asked again when the money is about to leave, for days lie between. Locks none. Outcomes, by precedence:
--   account_deceased         the person has died since: it is cancelled or given up, and heirs apply
--   withdrawal_not_eligible  it is the heirs', and the day of death is on record no more
--   account_<status>         the account has been frozen since: account_status_rule, withdraw
CREATE OR REPLACE FUNCTION withdrawal_payee_fault(asked withdrawal) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    has_died boolean := (SELECT person.deceased_on IS NOT NULL FROM person WHERE person.person_key = asked.person_key);
BEGIN
    RETURN CASE
        WHEN has_died AND asked.payee_kind = 'person' THEN 'account_deceased'
        WHEN NOT has_died AND asked.payee_kind = 'heir' THEN 'withdrawal_not_eligible'
        ELSE (SELECT 'account_' || account.status
                FROM account
                JOIN account_status_rule AS rule ON rule.status = account.status AND rule.operation = 'withdraw'
               WHERE account.person_key = asked.person_key AND account.account_id = asked.account_id
                 AND account.status <> 'closed' AND NOT rule.allowed) END;
END
$$;
COMMENT ON FUNCTION withdrawal_payee_fault(withdrawal) IS
    'What speaks against paying out a withdrawal that was approved; null when nothing does';
