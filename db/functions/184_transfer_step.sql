-- Takes one step of one transfer: its effect, then its state, deadline and who decided.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the event is one that state_step has; ids of what may have to be opened;
-- operation_id: of the entries that take money in, or of the withdrawal that pays it out.
-- Locks: the caller has locked the transfer, the person and, for what moves money, all accounts of the person.
-- Outcomes: good, or a refusal of the effect with nothing done: of transfer_move_out, transfer_take_in or
-- transfer_undo; deferred where somebody else has just begun what this would begin (ask again).
CREATE OR REPLACE FUNCTION transfer_step(
    asked transfer, event text, first_day date, actor_id uuid, new_enrolment_id uuid, new_account_id uuid,
    operation_id uuid, instant timestamptz, hash_algorithm text)
RETURNS text
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    status text := 'good';
    new_state text := state_next(asked.machine, asked.state, event);
    at timestamptz := greatest(instant, asked.entered_at); -- another server's clock may be ahead of this one's
    is_over boolean;
BEGIN
    BEGIN
        CASE event
            WHEN 'move_out' THEN
                status := transfer_move_out(asked, first_day, operation_id, at, hash_algorithm);
            WHEN 'take_in' THEN
                -- Not before it left, which may have been later than the step: an account's entries follow each other.
                status := transfer_take_in(
                    asked, new_enrolment_id, new_account_id, operation_id,
                    greatest(at, (SELECT max(account.last_posted_at) FROM account
                                   WHERE account.person_key = asked.person_key)), hash_algorithm);
            WHEN 'refuse' THEN
                status := (transfer_undo(ARRAY[asked.transfer_id], ARRAY[asked.person_key], '{good}', at,
                                         hash_algorithm))[1];
            ELSE
                NULL;
        END CASE;
    EXCEPTION WHEN unique_violation THEN
        status := 'deferred';
    END;
    IF status <> 'good' THEN
        RETURN status;
    END IF;
    is_over := NOT EXISTS (SELECT FROM state_step AS step
                            WHERE step.machine = asked.machine AND step.state = new_state);
    UPDATE transfer
       SET state = new_state, entered_at = at, ended_at = CASE WHEN is_over THEN at END, reminded_on = NULL,
           overdue_noted_on = NULL,
           due_on = transfer_due_on(asked.machine, new_state, asked.from_pool_code, asked.to_pool_code,
                                    (at AT TIME ZONE 'Asia/Shanghai')::date),
           out_checked_by = CASE event WHEN 'check_out' THEN actor_id ELSE transfer.out_checked_by END,
           in_checked_by = CASE event WHEN 'check_in' THEN actor_id ELSE transfer.in_checked_by END,
           out_reviewed_by = CASE event WHEN 'move_out' THEN actor_id ELSE transfer.out_reviewed_by END,
           in_reviewed_by = CASE event WHEN 'take_in' THEN actor_id ELSE transfer.in_reviewed_by END
     WHERE transfer.person_key = asked.person_key AND transfer.transfer_id = asked.transfer_id;
    RETURN 'good';
END
$$;
COMMENT ON FUNCTION transfer_step(transfer, text, date, uuid, uuid, uuid, uuid, timestamptz, text) IS
    'Takes one step of one transfer: its effect, then its state, deadline and who decided; good, deferred or a refusal';
