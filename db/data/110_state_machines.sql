-- What may happen to family members, wallet transfers, transfers and withdrawals, of state_machines.csv.
-- SPDX-License-Identifier: Apache-2.0
-- The file is all there is: a step that it does not have any more is removed. Locks: rows that differ.
-- Outcomes: the number of rows inserted or updated.
WITH gone AS (
    DELETE FROM state_step
     WHERE NOT EXISTS (SELECT FROM loaded
                        WHERE loaded.machine = state_step.machine AND coalesce(loaded.state, '') = state_step.state
                          AND loaded.event = state_step.event)
)
INSERT INTO state_step (machine, state, event, next_state, who, effect)
SELECT machine, coalesce(state, ''), event, next_state, string_to_array(who, ' '), effect
  FROM loaded
    ON CONFLICT (machine, state, event) DO UPDATE
   SET next_state = excluded.next_state, who = excluded.who, effect = excluded.effect
 WHERE state_step IS DISTINCT FROM excluded
