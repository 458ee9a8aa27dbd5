-- Reads the steps that a withdrawal has taken, oldest first; no row when there is no such withdrawal.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: withdrawal_id uuid
-- column: person_id uuid
-- column: pool_code text
-- column: at instant
-- column: event text
-- column: from_state text
-- column: to_state text
-- column: who text
-- column: reason_code text
-- column: note text
SELECT w.person_id, w.pool_code, change.at, change.event, nullif(change.from_state, ''), change.to_state, change.who,
       change.reason_code, change.note
  FROM withdrawal AS w
  JOIN state_change AS change ON change.person_key = w.person_key AND change.object_id = w.withdrawal_id
 WHERE w.person_key = $1 AND w.withdrawal_id = $2
 ORDER BY change.seq
