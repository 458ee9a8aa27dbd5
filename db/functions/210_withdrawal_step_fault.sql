-- What speaks against a step of a withdrawal that is locked with its account; `good` when nothing does.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: event of machine withdrawal; who asks. Locks none. Outcomes, by precedence:
--   not_possible_now        the state does not allow it
--   reviewer_cannot_decide  they have applied for it, or reviewed it
--   documents_missing       required ones were not handed in
--   account_<status>, transfer_under_way, withdrawal_not_eligible, nothing_to_withdraw   of withdrawal_refusal
--   account_has_holds       of withdrawal_holds, where all the money is to be taken
--   account_deceased, …     of withdrawal_payee_fault, where money is to be paid out, or a card is named for it
--   balance_overflow        the account has no room for what is to come back
CREATE OR REPLACE FUNCTION withdrawal_step_fault(
    asked withdrawal, holding account, event text, actor_id uuid, day date) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF state_next('withdrawal', asked.state, event) IS NULL THEN
        RETURN 'not_possible_now';
    END IF;
    IF event IN ('review', 'approve', 'refuse')
       AND (actor_id IS NOT DISTINCT FROM asked.reviewed_by
            OR EXISTS (SELECT FROM state_change AS first
                        WHERE first.person_key = asked.person_key AND first.object_id = asked.withdrawal_id
                          AND first.seq = 1 AND first.actor_id = withdrawal_step_fault.actor_id)) THEN
        RETURN 'reviewer_cannot_decide';
    END IF;
    IF event IN ('review', 'approve') THEN
        RETURN coalesce(
            CASE WHEN EXISTS (SELECT FROM materials_needed(asked.pool_code, asked.reason, asked.person_key,
                                                           asked.withdrawal_id) AS needed
                               WHERE needed.is_required AND NOT needed.is_there) THEN 'documents_missing' END,
            withdrawal_refusal(holding, asked.reason, true, day, asked.withdrawal_id, asked.transfer_id),
            CASE WHEN event = 'approve' AND withdrawal_holds(holding) THEN 'account_has_holds' END, 'good');
    END IF;
    IF event IN ('pay_at_window', 'change_bank_account') THEN
        RETURN coalesce(withdrawal_payee_fault(asked), 'good');
    END IF;
    IF event IN ('cancel', 'give_up')
       AND asked.amount_fen > 9007199254740991 - holding.current_year_fen - holding.carried_over_fen THEN
        RETURN 'balance_overflow';
    END IF;
    RETURN 'good';
END
$$;
COMMENT ON FUNCTION withdrawal_step_fault(withdrawal, account, text, uuid, date) IS
    'What speaks against a step of a withdrawal that is locked with its account; good when nothing does';
