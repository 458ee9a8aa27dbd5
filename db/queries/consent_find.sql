-- Whether clients may see something of persons now: one row for each that may, with the consent that allows it.
-- SPDX-License-Identifier: Apache-2.0
-- Asked anew for every request of a client, so that what was taken back or has ended is noticed at once.
-- mode: set
-- lane: read
-- repeatable: yes
-- param: client_id uuid
-- param: person_key int8
-- param: scope text
-- param: at instant
-- column: ord int8
-- column: consent_id uuid
SELECT asked.ord, held.consent_id
  FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[]) WITH ORDINALITY
       AS asked (client_id, person_key, scope, at, ord)
  JOIN LATERAL (SELECT consent.consent_id
                  FROM consent
                 WHERE consent.person_key = asked.person_key
                   AND consent.client_id = asked.client_id
                   AND asked.scope = ANY (consent.scopes)
                   AND consent.revoked_at IS NULL
                   AND consent.expires_at > asked.at
                 ORDER BY consent.expires_at DESC, consent.consent_id
                 LIMIT 1) AS held ON true
 WHERE EXISTS (SELECT FROM client WHERE client.client_id = asked.client_id AND client.state = 'active')
   AND EXISTS (SELECT FROM person WHERE person.person_key = asked.person_key AND person.deceased_on IS NULL)
   AND NOT EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = asked.person_key)
 ORDER BY asked.ord
