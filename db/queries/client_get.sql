-- Reads registered clients.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: slow
-- repeatable: yes
-- param: client_id uuid
-- param: visible text
-- column: ord int8
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
SELECT asked.ord, client.client_id, client.kind, client.name, client.contact, array_to_string(client.regions, ','),
       client.state, client.created_at, client.changed_at, provider.institution_type, provider.institution_code
  FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS asked (client_id, visible, ord)
  JOIN client ON client.client_id = asked.client_id
  LEFT JOIN provider ON provider.provider_id = client.client_id
 WHERE asked.visible IS NULL OR token_is_visible('client', client.regions, asked.visible)
 ORDER BY asked.ord
