-- Lets one transfer go: the old enrolment ends, the record form is issued, the money goes where its way says.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: first_day: first day at the new pool as the desk said it; null: that of the enrolment that waits there,
-- else today. The old enrolment ends the day before, so that no day is in both and none in neither.
-- Locks: the caller has locked the transfer, the person and all accounts of the person, in earlier statements.
-- Outcomes: good, or a refusal with nothing done: those of transfer_out_fault, balance_overflow of interest_settle.
-- cross_province between employee schemes: interest is settled, the balance goes into transit part by part, operation
-- transfer_id, and the account is closed. Any other way the account becomes spend_only, and what it has stays in it.
CREATE OR REPLACE FUNCTION transfer_move_out(
    asked transfer, first_day date, instant timestamptz, hash_algorithm text)
RETURNS text
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    today date := (instant AT TIME ZONE 'Asia/Shanghai')::date;
    status text := transfer_out_fault(asked, first_day, today);
    takes_money boolean := asked.way = 'cross_province' AND asked.to_scheme = 'employee';
    giving account;
    old_start date;
    form jsonb;
BEGIN
    IF status IS NOT NULL THEN
        RETURN status;
    END IF;
    SELECT enrolment.started_on INTO STRICT old_start FROM enrolment
     WHERE enrolment.person_key = asked.person_key AND enrolment.enrolment_id = asked.from_enrolment_id;
    first_day := coalesce(first_day, (SELECT waiting.started_on FROM transfer_new_enrolment(asked) AS waiting),
                          greatest(today, old_start + 1));
    SELECT * INTO giving FROM account
     WHERE account.person_key = asked.person_key AND account.account_id = asked.from_account_id;
    IF takes_money AND giving.status <> 'closed' THEN
        SELECT settled.refusal INTO status
          FROM interest_settle(asked.person_key, giving.account_id, asked.transfer_id, instant, hash_algorithm)
               AS settled;
        IF status IS NOT NULL THEN
            RETURN status;
        END IF;
        SELECT * INTO giving FROM account
         WHERE account.person_key = asked.person_key AND account.account_id = asked.from_account_id;
        status := transfer_post(
            asked.person_key, giving.account_id, giving.pool_code, 'transfer_out', asked.transfer_id,
            '{current_year,carried_over}', ARRAY[giving.current_year_fen, giving.carried_over_fen], NULL,
            asked.to_pool_code, instant, hash_algorithm);
        ASSERT status = 'good';
    END IF;
    UPDATE account
       SET status = CASE WHEN takes_money THEN 'closed' ELSE 'spend_only' END, version = account.version + 1
     WHERE account.person_key = asked.person_key AND account.account_id = asked.from_account_id
       AND account.status <> 'closed' AND (takes_money OR account.status <> 'spend_only');
    UPDATE enrolment
       SET status = 'ended', ended_on = greatest(enrolment.started_on, first_day - 1)
     WHERE enrolment.person_key = asked.person_key AND enrolment.enrolment_id = asked.from_enrolment_id
       AND enrolment.status <> 'ended';
    form := transfer_record_form(asked.person_key, asked.from_pool_code, asked.from_scheme);
    UPDATE transfer
       SET moves_on = first_day, record_form = form, months_moved = (form -> 'months')::integer,
           from_account_status = giving.status,
           current_year_fen = CASE WHEN takes_money THEN coalesce(giving.current_year_fen, 0) ELSE 0 END,
           carried_over_fen = CASE WHEN takes_money THEN coalesce(giving.carried_over_fen, 0) ELSE 0 END,
           amount_fen = CASE WHEN takes_money
                             THEN coalesce(giving.current_year_fen + giving.carried_over_fen, 0) ELSE 0 END
     WHERE transfer.person_key = asked.person_key AND transfer.transfer_id = asked.transfer_id;
    RETURN 'good';
END
$$;
COMMENT ON FUNCTION transfer_move_out(transfer, date, timestamptz, text) IS
    'Lets one transfer go: the old enrolment ends, the record form is issued, the money goes where its way says';
