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
-- param: consent_id uuid
INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, request_id, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8,
        CASE WHEN $9::uuid IS NOT NULL THEN jsonb_build_object('consent_id', $9::uuid) END)
ON CONFLICT (event_id) DO NOTHING
