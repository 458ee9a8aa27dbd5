-- Records one look at somebody else's data, in the transaction of the look itself.
-- SPDX-License-Identifier: Apache-2.0
-- The event's id is made by the caller, so executing it again after a lost connection records nothing twice.
-- lane: slow
-- repeatable: yes
-- param: event_id uuid
-- param: at instant
-- param: actor_kind text
-- param: actor_id uuid
-- param: action text
-- param: person_key int8
-- param: object_id uuid
-- param: request_id text
INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, request_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (event_id) DO NOTHING
