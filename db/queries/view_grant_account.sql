-- Reads one page of whom the owner of an account lets look at it, newest first; one row without any when there is none.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- param: person_key int8
-- param: account_id uuid
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
SELECT account.person_id, account.pool_code, page.view_grant_id, page.account_id, page.family_member_id, page.scope,
       CASE WHEN page.state = 'granted' AND page.expires_on < $4 THEN 'expired' ELSE page.state END,
       page.granted_at, page.expires_on, page.ended_at, person.person_id, person.name_sealed
  FROM account
  LEFT JOIN LATERAL (SELECT view_grant.*
                       FROM view_grant
                      WHERE view_grant.person_key = $1 AND view_grant.account_id = $2 AND view_grant.view_grant_id < $3
                      ORDER BY view_grant.view_grant_id DESC
                      LIMIT $5) AS page ON true
  LEFT JOIN person ON person.person_key = page.viewer_person_key
 WHERE account.person_key = $1 AND account.account_id = $2
 ORDER BY page.view_grant_id DESC
