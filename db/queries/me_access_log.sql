-- Reads one page of what was done with a person's data, newest first, also under keys that a merge made aliases.
-- SPDX-License-Identifier: Apache-2.0
-- has_own: also what the person did, not only others. Roles and regions of staff are those of their newest token.
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: person_id uuid
-- param: has_own bool
-- param: before_at instant
-- param: before_event_id uuid
-- param: row_limit int8
-- column: event_id uuid
-- column: at instant
-- column: actor_kind text
-- column: client_id uuid
-- column: client_name text
-- column: client_kind text
-- column: roles text
-- column: regions text
-- column: action text
-- column: outcome text (the action, and whether it was refused)
-- column: purpose text
-- column: is_chosen bool
-- column: citizen_id uuid (another citizen, who was let look)
-- column: citizen_name_sealed bytea
SELECT event.event_id, event.at, event.actor_kind, client.client_id, client.name, client.kind,
       array_to_string(staff.roles, ','), array_to_string(staff.regions, ','), event.action,
       event.action || CASE WHEN event.detail ? 'refused' THEN '.refused' ELSE '' END,
       coalesce(consent.purpose, consent_request.purpose, event.detail ->> 'purpose'),
       consent.purpose IS NULL AND consent_request.purpose IS NULL, relative.person_id, relative.name_sealed
  FROM (SELECT $1::bigint UNION ALL
        SELECT person_alias.person_key FROM person_alias
        WHERE person_alias.current_person_key = $1) AS mine (person_key)
 CROSS JOIN LATERAL (SELECT audit_event.*
                       FROM audit_event
                      WHERE audit_event.person_key = mine.person_key
                        AND audit_event.at <= $4
                        AND (audit_event.at, audit_event.event_id) < ($4, $5)
                        AND ($3::boolean OR audit_event.actor_kind <> 'citizen' OR audit_event.actor_id <> $2)
                      ORDER BY audit_event.at DESC, audit_event.event_id DESC
                      LIMIT $6) AS event
  LEFT JOIN client ON event.actor_kind = 'client' AND client.client_id = event.actor_id
  LEFT JOIN LATERAL (SELECT token.roles, token.regions
                       FROM token
                      WHERE event.actor_kind = 'staff' AND token.subject_id = event.actor_id
                      ORDER BY token.token_id DESC
                      LIMIT 1) AS staff ON true
  LEFT JOIN consent ON consent.person_key = event.person_key
        AND consent.consent_id = CASE WHEN event.detail ->> 'consent_id' IS NOT NULL
                                      THEN (event.detail ->> 'consent_id')::uuid END
  LEFT JOIN consent_request ON consent_request.consent_request_id = event.object_id
  LEFT JOIN person AS relative ON event.actor_kind = 'citizen' AND event.actor_id <> $2
        AND relative.person_key = person_key_of(event.actor_id)
 ORDER BY event.at DESC, event.event_id DESC
 LIMIT $6
