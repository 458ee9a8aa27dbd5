-- What follows when a withdrawal's money was paid or came back: the account is closed, and a transfer goes on.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the withdrawal as it is then; ending: paid or returned. Locks: the caller has locked withdrawal, transfer
-- and account in earlier statements.
-- When it was paid the account is closed, but for resettled retirees, who go on receiving there, and for who is
-- employed there again by then. One that is not empty (a late refund, a contribution, interest) cannot be: if it was
-- active it can only be spent from any more.
-- A transfer that it belongs to is told (transfer_payout_settle).
CREATE OR REPLACE FUNCTION withdrawal_over(asked withdrawal, ending text, instant timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
    IF ending = 'paid' AND asked.reason <> 'resettled_retiree' THEN
        UPDATE account AS a
           SET version = a.version + 1,
               status = CASE WHEN a.current_year_fen + a.carried_over_fen > 0 OR withdrawal_holds(a)
                                  OR interest_due(a.person_key, a.account_id,
                                                  (a.last_posted_at AT TIME ZONE 'Asia/Shanghai')::date + 1) > 0
                             THEN CASE a.status WHEN 'active' THEN 'spend_only' ELSE a.status END
                             ELSE 'closed' END
         WHERE a.person_key = asked.person_key AND a.account_id = asked.account_id AND a.status <> 'closed'
           AND NOT (asked.reason <> 'death'
                    AND EXISTS (SELECT FROM enrolment
                                 WHERE enrolment.person_key = asked.person_key AND enrolment.pool_code = asked.pool_code
                                   AND enrolment.scheme = 'employee' AND enrolment.account_mode = 'with_account'
                                   AND enrolment.status IN ('active', 'closing', 'pending_in')));
    END IF;
    IF asked.transfer_id IS NOT NULL THEN
        PERFORM transfer_payout_settle(ARRAY[asked.person_key], ARRAY[asked.transfer_id], ARRAY[ending],
                                       ARRAY[instant]);
    END IF;
END
$$;
COMMENT ON FUNCTION withdrawal_over(withdrawal, text, timestamptz) IS
    'What follows when a withdrawal''s money was paid or came back: the account is closed, and a transfer goes on';
