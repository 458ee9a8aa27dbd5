-- Reads one page of whose accounts somebody may look at, newest first; one row without any when there is none.
-- SPDX-License-Identifier: Apache-2.0
-- No row at all when the person is absent or has nothing in the visible pools. The columns are those of
-- view_grant_account; the name is the owner's.
-- lane: slow
-- repeatable: yes
-- param: person_key int8
-- param: person_id uuid
-- param: visible text
-- param: before_id uuid
-- param: today date
-- param: row_limit int8
-- column: person_id uuid
-- column: pool_code text
-- column: view_grant_id uuid
-- column: account_id uuid
-- column: family_member_id uuid
-- column: scope text
-- column: state text
-- column: granted_at instant
-- column: expires_on date
-- column: ended_at instant
-- column: named_id uuid
-- column: name_sealed bytea
SELECT person.person_id, page.pool_code, page.view_grant_id, page.account_id, page.family_member_id, page.scope,
       CASE WHEN page.state = 'granted' AND page.expires_on < $5 THEN 'expired' ELSE page.state END,
       page.granted_at, page.expires_on, page.ended_at, owner.person_id, owner.name_sealed
  FROM person
  LEFT JOIN LATERAL (SELECT view_grant.*
                       FROM view_grant
                      WHERE view_grant.viewer_person_key = $1 AND view_grant.view_grant_id < $4
                        AND ($3::text IS NULL OR view_grant.pool_code LIKE ANY (string_to_array($3, ',')))
                      ORDER BY view_grant.view_grant_id DESC
                      LIMIT $6) AS page ON true
  LEFT JOIN person AS owner ON owner.person_key = page.person_key
 WHERE person.person_key = $1 AND person.person_id = $2 AND ($3::text IS NULL OR person_is_visible($1, $3))
 ORDER BY page.view_grant_id DESC
