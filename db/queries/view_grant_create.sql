-- Lets somebody look at an account, each with its idempotency key and audit event,
-- and shows the grants as they were made.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes (the key makes it happen once)
-- deferral: yes
-- param: view_grant_id uuid
-- param: person_key int8
-- param: owner_id uuid
-- param: account_id uuid
-- param: family_member_id uuid
-- param: number_hash bytea
-- param: name_hash bytea
-- param: scope text
-- param: expires_on date
-- param: instant instant (real time)
-- param: key text
-- param: content_hash bytea
-- param: event_id uuid
-- param: request_id text
-- param: failures_max int4
-- param: wait bool
-- column: ord int8
-- column: status text (created, or why not)
-- column: is_replayed bool
-- column: state text (of not_possible_now: what the family member is)
-- column: possible text
-- column: retry_after_s int4 (of too_many_attempts)
-- column: view_grant_id uuid
-- column: account_id uuid
-- column: family_member_id uuid
-- column: scope text
-- column: granted_at instant
-- column: expires_on date
-- column: viewer_id uuid
-- column: viewer_name_sealed bytea
SELECT done.ord, done.status, done.is_replayed, done.state, done.possible, done.retry_after_s, made.view_grant_id,
       made.account_id, made.family_member_id, made.scope, made.granted_at, made.expires_on, made.viewer_id,
       person.name_sealed
  FROM view_grant_create($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) AS done
  LEFT JOIN LATERAL view_grant_view(($2::bigint[])[done.ord], done.view_grant_id) AS made ON true
  LEFT JOIN person ON person.person_key = made.viewer_person_key
 ORDER BY done.ord
