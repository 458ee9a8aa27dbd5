-- Lists what persons are asked for and have not answered yet, newest first.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: read
-- repeatable: yes
-- param: person_key int8
-- param: at instant
-- column: ord int8
-- column: consent_request_id uuid
-- column: client_id uuid
-- column: client_name text
-- column: client_kind text
-- column: scopes text
-- column: purpose text
-- column: days int4
-- column: created_at instant
-- column: expires_at instant
SELECT asked.ord, r.consent_request_id, r.client_id, client.name, client.kind, array_to_string(r.scopes, ','),
       r.purpose,
       r.days, r.created_at, r.expires_at
  FROM unnest($1::bigint[], $2::timestamptz[]) WITH ORDINALITY AS asked (person_key, at, ord)
  JOIN consent_request AS r ON r.person_key = asked.person_key AND r.state = 'pending' AND r.expires_at > asked.at
  JOIN client ON client.client_id = r.client_id AND client.state = 'active'
 ORDER BY asked.ord, r.created_at DESC, r.consent_request_id DESC
