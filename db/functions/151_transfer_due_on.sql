-- The last day by which the desk that has a transfer must have decided; null where no desk has it.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: machine and state of the transfer, both pools, and the day on which it came into the state. Whoever
-- takes a step stores what this says in due_on, and sets reminded_on and overdue_noted_on to null.
-- Locks none. The clock of a step is the working days of the desk's own pool (transfer_rule) after that day, which
-- does not count; where both desks have it, that of the quicker one.
CREATE OR REPLACE FUNCTION transfer_due_on(
    machine text, state text, from_pool_code text, to_pool_code text, entered_on date)
RETURNS date
LANGUAGE plpgsql STABLE AS $$
DECLARE
    out_rule transfer_rule;
    in_rule transfer_rule;
BEGIN
    SELECT rule.* INTO out_rule FROM transfer_rule_at(from_pool_code, entered_on) AS rule;
    SELECT rule.* INTO in_rule FROM transfer_rule_at(to_pool_code, entered_on) AS rule;
    RETURN working_day_after(entered_on, CASE machine || '.' || state
        WHEN 'transfer.submitted' THEN least(out_rule.check_days, in_rule.check_days)
        WHEN 'transfer.checked_out' THEN in_rule.check_days
        WHEN 'transfer.checked_in' THEN out_rule.check_days
        WHEN 'transfer.out_review' THEN out_rule.out_review_days
        WHEN 'transfer.in_review' THEN in_rule.in_review_days
        WHEN 'transfer_payout.submitted' THEN out_rule.check_days
        WHEN 'transfer_payout.out_review' THEN out_rule.out_review_days END);
END
$$;
COMMENT ON FUNCTION transfer_due_on(text, text, text, text, date) IS
    'The last day by which the desk that has a transfer must have decided; null where no desk has it';
