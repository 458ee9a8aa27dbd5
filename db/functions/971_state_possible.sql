-- What is said with a refusal because of a thing's state: the state, and what could be done instead,
-- by anybody but the system.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. Outcomes: {"state": …, "possible": [event, …]}, the events in the order of the alphabet; none:
-- it is over.
CREATE OR REPLACE FUNCTION state_possible(asked_machine text, asked_state text)
RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
SELECT jsonb_build_object(
           'state', asked_state,
           'possible', (SELECT coalesce(jsonb_agg(step.event ORDER BY step.event), '[]')
                          FROM state_step AS step
                         WHERE step.machine = asked_machine AND step.state = asked_state AND step.who <> '{system}'))
$$;
COMMENT ON FUNCTION state_possible(text, text) IS
    'What is said with a refusal because of a thing''s state: the state, and what could be done instead';
