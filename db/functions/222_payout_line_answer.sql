-- Records what the bank answered about one line of a payout file: paid, or bounced.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the withdrawal; outcome, bounce_code and paid_on as the bank told; taken: of who records it.
-- Locks: the caller has locked the file, the withdrawal, its transfer and its account in earlier statements.
-- Outcomes: status and the withdrawal's changed_at:
--   done                 it is so now
--   already              it was recorded so before
--   recorded_otherwise   another answer was recorded
--   not_in_file          the file has no such line
--   date_not_possible    it cannot have been paid before the file was made
CREATE OR REPLACE FUNCTION payout_line_answer(
    file payout_file, asked_id uuid, asked_outcome text, asked_code text, asked_paid_on date, principal_id uuid,
    instant timestamptz, hash_algorithm text, OUT status text, OUT changed_at timestamptz)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    asked_key bigint := person_key_of(asked_id);
    line payout_line;
    w withdrawal;
BEGIN
    SELECT * INTO line FROM payout_line AS l
     WHERE l.person_key = asked_key AND l.payout_file_id = file.payout_file_id AND l.withdrawal_id = asked_id;
    IF NOT FOUND THEN
        status := 'not_in_file';
        RETURN;
    END IF;
    IF line.outcome IS NOT NULL THEN
        status := CASE WHEN (line.outcome, line.bounce_code, line.paid_on)
                            IS NOT DISTINCT FROM (asked_outcome, asked_code, asked_paid_on) THEN 'already'
                       ELSE 'recorded_otherwise' END;
        RETURN;
    END IF;
    IF asked_paid_on < (file.created_at AT TIME ZONE 'Asia/Shanghai')::date THEN
        status := 'date_not_possible';
        RETURN;
    END IF;
    SELECT * INTO STRICT w FROM withdrawal AS one WHERE one.person_key = asked_key AND one.withdrawal_id = asked_id;
    w := withdrawal_step_do(w, CASE asked_outcome WHEN 'paid' THEN 'confirm' ELSE 'bounce' END, principal_id, NULL,
                            NULL, asked_paid_on, asked_code, instant, hash_algorithm);
    UPDATE payout_line AS l
       SET outcome = asked_outcome, bounce_code = asked_code, paid_on = asked_paid_on, answered_at = w.changed_at
     WHERE l.person_key = asked_key AND l.payout_file_id = file.payout_file_id AND l.withdrawal_id = asked_id;
    status := 'done';
    changed_at := w.changed_at;
END
$$;
COMMENT ON FUNCTION payout_line_answer(payout_file, uuid, text, text, date, uuid, timestamptz, text) IS
    'Records what the bank answered about one line of a payout file: paid, or bounced';
