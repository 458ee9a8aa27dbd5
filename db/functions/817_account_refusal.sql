-- What speaks against an operation on an account because of its status; null when nothing does.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: operation: of account_status_rule. Locks nothing. Outcomes: account_frozen, account_closed and so on; of a
-- suspended account only where the coverage rule of its pool says that it cannot be used.
CREATE OR REPLACE FUNCTION account_refusal(
    asked_person_key bigint, asked_account_id uuid, asked_operation text, asked_day date)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT CASE WHEN may.allowed IS NOT TRUE
                         OR (account.status = 'suspended' AND asked_operation = 'spend' AND EXISTS (
                             SELECT FROM coverage_rule_at(account.pool_code, 'employee', asked_day) AS coverage
                              WHERE NOT coverage.usable_while_suspended)) THEN 'account_' || account.status END
          FROM account
          LEFT JOIN account_status_rule AS may ON may.status = account.status AND may.operation = asked_operation
         WHERE account.person_key = asked_person_key AND account.account_id = asked_account_id);
END
$$;
COMMENT ON FUNCTION account_refusal(bigint, uuid, text, date) IS
    'What speaks against an operation on an account because of its status; null when nothing does';
