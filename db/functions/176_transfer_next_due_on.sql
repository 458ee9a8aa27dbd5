-- Until when the desk that gets a transfer must have decided: working days from the day on which it comes into a state.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. Outcomes: null where no desk has it.
CREATE OR REPLACE FUNCTION transfer_next_due_on(state text, from_pool_code text, to_pool_code text, entered_on date)
RETURNS date
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT working_day_after(entered_on, CASE state WHEN 'out_review' THEN rule.out_review_days
                                                            WHEN 'in_review' THEN rule.in_review_days
                                                            ELSE rule.check_days END)
              FROM transfer_rule_at(CASE WHEN state IN ('checked_out', 'in_review') THEN to_pool_code
                                         ELSE from_pool_code END, entered_on) AS rule
             WHERE state IN ('submitted', 'checked_out', 'checked_in', 'out_review', 'in_review'));
END
$$;
COMMENT ON FUNCTION transfer_next_due_on(text, text, text, date) IS
    'Until when the desk that gets a transfer must have decided; null where no desk has it';
