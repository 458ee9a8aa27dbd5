-- Reads what clients have asked persons for, and what came of it.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: read
-- repeatable: yes
-- param: consent_request_id uuid
-- param: client_id uuid
-- param: at instant
-- column: ord int8
-- column: consent_request_id uuid
-- column: reference text
-- column: state text
-- column: scopes text
-- column: purpose text
-- column: days int4
-- column: created_at instant
-- column: expires_at instant
-- column: consent_id uuid
-- column: person_id uuid
-- column: consent_scopes text
-- column: granted_at instant
-- column: consent_expires_at instant
-- column: consent_state text
SELECT asked.ord, r.consent_request_id, r.reference,
       CASE WHEN r.state = 'pending' AND r.expires_at <= asked.at THEN 'expired' ELSE r.state END,
       array_to_string(r.scopes, ','), r.purpose, r.days, r.created_at, r.expires_at, consent.consent_id,
       person.person_id, array_to_string(consent.scopes, ','), consent.granted_at, consent.expires_at,
       consent_state(consent.revoked_at, consent.expires_at, client.state,
                     person.deceased_on IS NULL AND alias.person_key IS NULL, asked.at)
  FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) WITH ORDINALITY AS asked (consent_request_id,
                                                                                   client_id, at, ord)
  JOIN consent_request AS r ON r.consent_request_id = asked.consent_request_id AND r.client_id = asked.client_id
  JOIN client ON client.client_id = r.client_id
  LEFT JOIN consent ON consent.person_key = r.person_key AND consent.consent_request_id = r.consent_request_id
  LEFT JOIN person ON person.person_key = consent.person_key
  LEFT JOIN person_alias AS alias ON alias.person_key = consent.person_key
 ORDER BY asked.ord
