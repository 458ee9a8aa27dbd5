-- Reads one page of the members of an account, newest first; one row without a member when there are none.
-- SPDX-License-Identifier: Apache-2.0
-- The columns from family_member_id on are those of family_member_get.
-- lane: slow
-- repeatable: yes
-- param: person_key int8
-- param: owned_id uuid (the account)
-- param: asker_key int8 (null: staff)
-- param: visible text
-- param: day date
-- param: is_open bool (only what is not over)
-- param: before uuid
-- param: row_limit int8
-- column: owned_by uuid
-- column: owned_pool_code text
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
SELECT account.person_id, account.pool_code, shown.family_member_id, shown.account_id, shown.pool_code, shown.parts,
       shown.relation, shown.way, shown.state, shown.usages, shown.charge_limit_fen, shown.month_limit_fen,
       shown.year_limit_fen, shown.invited_at, shown.invited_until, shown.activated_at, shown.ended_at,
       shown.ends_not_before, shown.changed_at, shown.possible, shown.owner_id, shown.owner_name_sealed,
       shown.member_id, shown.member_name_sealed, shown.guardian_id, shown.guardian_name_sealed
  FROM account
  LEFT JOIN LATERAL (
       SELECT listed.family_member_id
         FROM family_member AS listed
        WHERE listed.person_key = $1 AND listed.account_id = $2 AND listed.family_member_id < $7
          AND (NOT $6 OR listed.state IN ('invited', 'active'))
        ORDER BY listed.family_member_id DESC
        LIMIT $8) AS listed ON true
  LEFT JOIN LATERAL family_member_view($1, listed.family_member_id, $3, $4, $5, NULL) AS shown ON true
 WHERE account.person_key = $1 AND account.account_id = $2
 ORDER BY listed.family_member_id DESC
