-- Lets one transfer go: the old enrolment ends, the record form is issued, the money goes where its way says.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: first_day: first day at the new pool as the desk said it; null: that of the enrolment that waits there,
-- else today. withdrawal_id: of the withdrawal that may have to be begun. The old enrolment ends the day before, so
-- that no day is in both and none in neither.
-- Locks: the caller has locked the transfer, the person and all accounts of the person, in earlier statements.
-- Outcomes: good, or a refusal with nothing done: those of transfer_out_fault and transfer_money_out. Of an account
-- whose money moves nothing is left, and it is closed; any other one becomes spend_only.
CREATE OR REPLACE FUNCTION transfer_move_out(
    asked transfer, first_day date, withdrawal_id uuid, instant timestamptz, hash_algorithm text)
RETURNS text
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    today date := (instant AT TIME ZONE 'Asia/Shanghai')::date;
    status text := transfer_out_fault(asked, first_day, today);
    waiting enrolment;
    money text;
    gone record;
    giving account;
    old_start date;
    form jsonb;
BEGIN
    IF status IS NOT NULL THEN
        RETURN status;
    END IF;
    SELECT enrolment.started_on INTO STRICT old_start FROM enrolment
     WHERE enrolment.person_key = asked.person_key AND enrolment.enrolment_id = asked.from_enrolment_id;
    SELECT * INTO waiting FROM transfer_new_enrolment(asked);
    first_day := coalesce(first_day, waiting.started_on, greatest(today, old_start + 1));
    SELECT * INTO giving FROM account
     WHERE account.person_key = asked.person_key AND account.account_id = asked.from_account_id;
    money := CASE giving.status WHEN 'closed' THEN 'none'
                  ELSE transfer_money(asked.way, asked.from_account_id, asked.to_scheme, waiting.account_mode) END;
    SELECT * INTO gone FROM transfer_money_out(asked, money, withdrawal_id, instant, hash_algorithm);
    IF gone.status <> 'good' THEN
        RETURN gone.status;
    END IF;
    UPDATE account
       SET status = CASE money WHEN 'moves' THEN 'closed' ELSE 'spend_only' END, version = account.version + 1
     WHERE account.person_key = asked.person_key AND account.account_id = asked.from_account_id
       AND account.status <> 'closed' AND (money = 'moves' OR account.status <> 'spend_only');
    UPDATE enrolment
       SET status = 'ended', ended_on = greatest(enrolment.started_on, first_day - 1)
     WHERE enrolment.person_key = asked.person_key AND enrolment.enrolment_id = asked.from_enrolment_id
       AND enrolment.status <> 'ended';
    form := transfer_record_form(asked.person_key, asked.from_pool_code, asked.from_scheme);
    UPDATE transfer
       SET moves_on = first_day, record_form = form, months_moved = (form -> 'months')::integer,
           from_account_status = giving.status, withdrawal_id = gone.withdrawal_id,
           current_year_fen = gone.current_year_fen, carried_over_fen = gone.carried_over_fen,
           amount_fen = gone.current_year_fen + gone.carried_over_fen
     WHERE transfer.person_key = asked.person_key AND transfer.transfer_id = asked.transfer_id;
    RETURN 'good';
END
$$;
COMMENT ON FUNCTION transfer_move_out(transfer, date, uuid, timestamptz, text) IS
    'Lets one transfer go: the old enrolment ends, the record form is issued, the money goes where its way says';
