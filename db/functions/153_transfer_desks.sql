-- Which desks have a transfer that is in a state: out, in, both or none.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. As state_step says: the desks that may take a step from it, out before in.
CREATE OR REPLACE FUNCTION transfer_desks(asked_machine text, asked_state text)
RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(
        SELECT desk.name
          FROM unnest('{out,in}'::text[]) WITH ORDINALITY AS desk (name, place)
         WHERE EXISTS (SELECT FROM state_step AS step
                        WHERE step.machine = asked_machine AND step.state = asked_state
                          AND desk.name || '_desk' = ANY (step.who))
         ORDER BY desk.place);
END
$$;
COMMENT ON FUNCTION transfer_desks(text, text) IS
    'Which desks have a transfer that is in a state: out, in, both or none';
