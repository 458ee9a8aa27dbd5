-- Reads one page of what somebody is member of, invited to, or guardian in, newest first;
-- one row without any when there is none.
-- SPDX-License-Identifier: Apache-2.0
-- The columns from family_member_id on are those of family_member_get. No row at all for somebody out of reach.
-- lane: slow
-- repeatable: yes
-- param: member_key int8
-- param: asked_id uuid (the person)
-- param: asker_key int8 (null: staff)
-- param: visible text
-- param: day date
-- param: is_open bool (only what is not over)
-- param: before uuid
-- param: row_limit int8
-- column: asked_by uuid
-- column: family_member_id uuid
-- column: account_id uuid
-- column: pool_code text
-- column: parts text
-- column: relation text
-- column: way text
-- column: state text
-- column: usages text
-- column: charge_limit_fen int8
-- column: month_limit_fen int8
-- column: year_limit_fen int8
-- column: invited_at instant
-- column: invited_until date
-- column: activated_at instant
-- column: ended_at instant
-- column: ends_not_before date
-- column: changed_at instant
-- column: possible text
-- column: owner_id uuid
-- column: owner_name_sealed bytea
-- column: member_id uuid
-- column: member_name_sealed bytea
-- column: guardian_id uuid
-- column: guardian_name_sealed bytea
SELECT person.person_id, shown.family_member_id, shown.account_id, shown.pool_code, shown.parts, shown.relation,
       shown.way, shown.state, shown.usages, shown.charge_limit_fen, shown.month_limit_fen, shown.year_limit_fen,
       shown.invited_at, shown.invited_until, shown.activated_at, shown.ended_at, shown.ends_not_before,
       shown.changed_at, shown.possible, shown.owner_id, shown.owner_name_sealed, shown.member_id,
       shown.member_name_sealed, shown.guardian_id, shown.guardian_name_sealed
  FROM person
  LEFT JOIN LATERAL (
       SELECT viewed.*
         FROM (SELECT own.person_key, own.family_member_id, own.state
                 FROM family_member AS own
                WHERE own.member_person_key = $1
               UNION
               SELECT ward.person_key, ward.family_member_id, ward.state
                 FROM family_member AS ward
                 JOIN person AS minor ON minor.person_key = ward.member_person_key
                WHERE ward.guardian_person_key = $1 AND family_is_minor(minor.birth_date, $5)) AS listed
        CROSS JOIN LATERAL family_member_view(listed.person_key, listed.family_member_id, $3, $4, $5, NULL) AS viewed
        WHERE listed.family_member_id < $7 AND (NOT $6 OR listed.state IN ('invited', 'active'))
        ORDER BY listed.family_member_id DESC
        LIMIT $8) AS shown ON true
 WHERE person.person_key = $1 AND person.person_id = $2
   AND ($3::bigint IS NOT NULL OR $4::text IS NULL OR person_is_visible($1, $4))
 ORDER BY shown.family_member_id DESC
