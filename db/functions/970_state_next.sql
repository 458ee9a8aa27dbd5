-- The state in which an event leaves a thing that is in a state; null where it cannot happen.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. A plain SELECT, so that the planner inlines it. asked_state empty: before it begins.
CREATE OR REPLACE FUNCTION state_next(asked_machine text, asked_state text, asked_event text)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
SELECT step.next_state
  FROM state_step AS step
 WHERE step.machine = asked_machine AND step.state = asked_state AND step.event = asked_event
$$;
COMMENT ON FUNCTION state_next(text, text, text) IS
    'The state in which an event leaves a thing that is in a state; null where it cannot happen';
