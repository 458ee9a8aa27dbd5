-- Lists the steps that a transfer has taken, the first one first, with the pools that may see it.
-- SPDX-License-Identifier: Apache-2.0
-- lane: read
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: transfer_id uuid
-- column: seq int4
-- column: at instant
-- column: event text
-- column: from_state text (null at the beginning)
-- column: to_state text
-- column: who text
-- column: reason_code text
-- column: note text
-- column: machine text
-- column: person_id uuid
-- column: from_pool_code text
-- column: to_pool_code text
SELECT change.seq, change.at, change.event, nullif(change.from_state, ''), change.to_state, change.who,
       change.reason_code, change.note, transfer.machine, transfer.person_id, transfer.from_pool_code,
       transfer.to_pool_code
  FROM transfer
  JOIN state_change AS change ON change.person_key = transfer.person_key AND change.object_id = transfer.transfer_id
 WHERE transfer.person_key = $1 AND transfer.transfer_id = $2
 ORDER BY change.seq
