-- Reads one page of a person's consents, newest first (their ids grow with time), with when each was used last.
-- SPDX-License-Identifier: Apache-2.0
-- Those given under a record that was merged into this one have ended with it.
-- lane: slow
-- repeatable: yes
-- param: person_key int8
-- param: before_consent_id uuid
-- param: at instant
-- param: row_limit int8
-- column: consent_id uuid
-- column: client_id uuid
-- column: client_name text
-- column: client_kind text
-- column: scopes text
-- column: purpose text
-- column: state text
-- column: granted_at instant
-- column: expires_at instant
-- column: revoked_at instant
-- column: last_used_at instant
SELECT consent.consent_id, consent.client_id, client.name, client.kind, array_to_string(consent.scopes, ','),
       consent.purpose, consent_state(consent.revoked_at, consent.expires_at, client.state, consent.person_key = $1,
                                      $3::timestamptz),
       consent.granted_at, consent.expires_at, consent.revoked_at,
       (SELECT audit_event.at
          FROM audit_event
         WHERE audit_event.person_key = consent.person_key AND audit_event.at >= consent.granted_at
           AND audit_event.actor_kind = 'client' AND audit_event.actor_id = consent.client_id
           AND audit_event.detail ->> 'consent_id' = consent.consent_id::text
         ORDER BY audit_event.at DESC
         LIMIT 1)
  FROM consent
  JOIN client ON client.client_id = consent.client_id
 WHERE (consent.person_key = $1
        OR consent.person_key IN (SELECT person_alias.person_key FROM person_alias
                                   WHERE person_alias.current_person_key = $1))
   AND consent.consent_id < $2
 ORDER BY consent.consent_id DESC
 LIMIT $4
