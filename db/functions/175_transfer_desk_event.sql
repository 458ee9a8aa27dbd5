-- What a decision of a desk about a transfer means in the state that it is in.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. Outcomes: the event of state_step, or null where it is not possible then, or not this desk's.
CREATE OR REPLACE FUNCTION transfer_desk_event(machine text, state text, desk text, decision text) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
    events text[] := CASE WHEN decision = 'refuse' THEN '{refuse}'::text[]
                          WHEN desk = 'out' THEN '{check_out,move_out}' ELSE '{check_in,take_in}' END;
BEGIN
    RETURN (SELECT step.event FROM state_step AS step
             WHERE step.machine = transfer_desk_event.machine AND step.state = transfer_desk_event.state
               AND step.event = ANY (events) AND desk || '_desk' = ANY (step.who)
             ORDER BY step.event LIMIT 1);
END
$$;
COMMENT ON FUNCTION transfer_desk_event(text, text, text, text) IS
    'What a decision of a desk about a transfer means in the state that it is in; null where it is not possible';
