-- Reads one page of registered clients, newest first (their ids grow with time).
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- param: visible text
-- param: before_client_id uuid
-- param: kind text
-- param: state text
-- param: row_limit int8
-- column: client_id uuid
-- column: kind text
-- column: name text
-- column: contact text
-- column: regions text
-- column: state text
-- column: created_at instant
-- column: changed_at instant
-- column: institution_type text
-- column: institution_code text
SELECT client.client_id, client.kind, client.name, client.contact, array_to_string(client.regions, ','), client.state,
       client.created_at, client.changed_at, provider.institution_type, provider.institution_code
  FROM client
  LEFT JOIN provider ON provider.provider_id = client.client_id
 WHERE client.client_id < $2
   AND ($1::text IS NULL OR token_is_visible('client', client.regions, $1))
   AND ($3::text IS NULL OR client.kind = $3)
   AND ($4::text IS NULL OR client.state = $4)
 ORDER BY client.client_id DESC
 LIMIT $5
