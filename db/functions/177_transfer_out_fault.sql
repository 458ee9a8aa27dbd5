-- What speaks against letting a transfer go: its old account, or who it is about.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: first_day: what the desk said of the first day at the new pool; null: nothing.
-- Locks: none; whoever acts on it has locked the transfer, the person and the account. Outcomes, by precedence:
--   malformed           first_day is not that of the enrolment that waits, not after the old one began, or more than 62
--                       days ahead
--   account_deceased    the person has died
--   retired_stays       the person has retired in medical insurance since the application, and withdraws
--                       (resettled_retiree)
--   account_<status>    account_status_rule lets it not give (transfer_out); a closed one has nothing to give
--   account_has_holds   money would leave, and some of it is held, or is to come back from a wallet
--   withdrawal_under_way   a withdrawal of the account is under way
-- null: nothing.
CREATE OR REPLACE FUNCTION transfer_out_fault(asked transfer, first_day date, today date) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
    old enrolment;
    waiting enrolment;
    giving account;
BEGIN
    SELECT * INTO old FROM enrolment
     WHERE enrolment.person_key = asked.person_key AND enrolment.enrolment_id = asked.from_enrolment_id;
    SELECT * INTO waiting FROM transfer_new_enrolment(asked);
    SELECT * INTO giving FROM account
     WHERE account.person_key = asked.person_key AND account.account_id = asked.from_account_id;
    RETURN CASE
        WHEN first_day IS NOT NULL
             AND (first_day <> coalesce(waiting.started_on, first_day) OR first_day <= old.started_on
                  OR first_day > today + 62) THEN 'malformed'
        WHEN EXISTS (SELECT FROM person WHERE person.person_key = asked.person_key AND person.deceased_on IS NOT NULL)
            THEN 'account_deceased'
        WHEN old.retired_on <= today THEN 'retired_stays'
        WHEN giving.account_id IS NULL OR giving.status = 'closed' THEN NULL
        WHEN NOT EXISTS (SELECT FROM account_status_rule AS rule
                          WHERE rule.status = giving.status AND rule.operation = 'transfer_out' AND rule.allowed)
            THEN 'account_' || giving.status
        WHEN transfer_money(asked.way, asked.from_account_id, asked.to_scheme,
                            waiting.account_mode) IN ('moves', 'paid_out')
             AND (giving.held_fen > 0
                  OR EXISTS (SELECT FROM wallet_transfer
                              WHERE wallet_transfer.person_key = asked.person_key
                                AND wallet_transfer.account_id = asked.from_account_id
                                AND wallet_transfer.state = 'pending')) THEN 'account_has_holds'
        WHEN EXISTS (SELECT FROM withdrawal
                      WHERE withdrawal.person_key = asked.person_key AND withdrawal.account_id = asked.from_account_id
                        AND withdrawal.ended_at IS NULL) THEN 'withdrawal_under_way' END;
END
$$;
COMMENT ON FUNCTION transfer_out_fault(transfer, date, date) IS
    'What speaks against letting a transfer go: its old account, or who it is about; null: nothing';
