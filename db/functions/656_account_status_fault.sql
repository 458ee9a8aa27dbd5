-- Why an account may not come into a status; null when it may.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes, by precedence: already_exists (it is in that status), not_allowed_in_status
-- (account_status_transition does not let it follow; a wallet never receives; or what is to be closed is not empty, has
-- money on its way to a wallet that may come back, has interest due, which has to be reckoned no further than the day
-- after its last entry, or has a withdrawal under way), conflict (another account of the person is active, or the date
-- of death says otherwise); null.
CREATE OR REPLACE FUNCTION account_status_fault(asked account, new_status text) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN CASE
        WHEN asked.status = new_status THEN 'already_exists'
        WHEN NOT coalesce((SELECT rule.allowed FROM account_status_transition AS rule
                            WHERE rule.from_status = asked.status AND rule.to_status = new_status), false)
             OR CASE WHEN new_status = 'closed'
                     THEN asked.current_year_fen + asked.carried_over_fen + asked.held_fen > 0
                          OR EXISTS (SELECT FROM withdrawal -- whose money may come back
                                      WHERE withdrawal.person_key = asked.person_key
                                        AND withdrawal.account_id = asked.account_id AND withdrawal.ended_at IS NULL)
                          OR account_has_wallet_money(asked.person_key, asked.account_id)
                          OR interest_due(asked.person_key, asked.account_id,
                                          (asked.last_posted_at AT TIME ZONE 'Asia/Shanghai')::date + 1) > 0
                     ELSE new_status = 'active' AND asked.pool_code = '000000' END
             THEN 'not_allowed_in_status'
        WHEN new_status = 'active'
             AND EXISTS (SELECT FROM account AS other
                          WHERE other.person_key = asked.person_key AND other.status = 'active'
                            AND other.account_id <> asked.account_id) THEN 'conflict'
        WHEN new_status <> 'closed'
             AND (new_status = 'deceased') <> EXISTS (SELECT FROM person
                                                       WHERE person.person_key = asked.person_key
                                                         AND person.deceased_on IS NOT NULL) THEN 'conflict' END;
END
$$;
COMMENT ON FUNCTION account_status_fault(account, text) IS
    'Why an account may not come into a status: already_exists, not_allowed_in_status or conflict; null when it may';
