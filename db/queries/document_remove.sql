-- Takes a document back.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- writes: yes
-- param: person_key int8
-- param: document_id uuid
-- param: visible text
-- param: actor_kind text
-- param: actor_id uuid
-- param: instant instant
-- param: event_id uuid
-- param: request_id text
-- param: real_instant instant
-- column: status text
-- column: state text
-- column: possible text
SELECT removed.status, removed.outcome ->> 'state', (removed.outcome -> 'possible')::text
  FROM document_remove($1, $2, $3, $4, $5, $6, $7, $8, $9) AS removed
