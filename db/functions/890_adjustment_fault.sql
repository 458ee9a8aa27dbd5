-- Why an account may not be adjusted by an amount; null when it may.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none; whoever acts on it has locked the account. Outcomes, by precedence:
--   account_suspended, account_frozen, account_spend_only, account_deceased, account_closed   account_status_rule
--     forbids it
--   insufficient_balance   the part has less, or what is held would not be there any more
--   balance_overflow       the account would hold more than 9,007,199,254,740,991 fen
CREATE OR REPLACE FUNCTION adjustment_fault(asked account, part text, direction text, amount_fen bigint) RETURNS text
    LANGUAGE sql STABLE AS $$
SELECT CASE
    WHEN NOT coalesce((SELECT rule.allowed FROM account_status_rule AS rule
                        WHERE rule.status = asked.status AND rule.operation = 'adjust'), false)
        THEN CASE asked.status WHEN 'active' THEN 'not_allowed_in_status' ELSE 'account_' || asked.status END
    WHEN direction = 'debit'
         AND (amount_fen > CASE part WHEN 'current_year' THEN asked.current_year_fen ELSE asked.carried_over_fen END
              OR amount_fen > asked.current_year_fen + asked.carried_over_fen - asked.held_fen)
        THEN 'insufficient_balance'
    WHEN direction = 'credit' AND amount_fen > 9007199254740991 - asked.current_year_fen - asked.carried_over_fen
        THEN 'balance_overflow' END
$$;
COMMENT ON FUNCTION adjustment_fault(account, text, text, bigint) IS
    'Why an account may not be adjusted: account_<status>, insufficient_balance or balance_overflow; null when it may';
