-- Reads a family member as it is now, for either side and staff.
-- SPDX-License-Identifier: Apache-2.0
-- lane: read
-- repeatable: yes
-- param: person_key int8
-- param: family_member_id uuid
-- param: asker_key int8 (null: staff)
-- param: visible text
-- param: day date
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
SELECT shown.family_member_id, shown.account_id, shown.pool_code, shown.parts, shown.relation, shown.way,
       shown.state, shown.usages, shown.charge_limit_fen, shown.month_limit_fen, shown.year_limit_fen,
       shown.invited_at, shown.invited_until, shown.activated_at, shown.ended_at, shown.ends_not_before,
       shown.changed_at, shown.possible, shown.owner_id, shown.owner_name_sealed, shown.member_id,
       shown.member_name_sealed, shown.guardian_id, shown.guardian_name_sealed
  FROM family_member_view($1, $2, $3, $4, $5, NULL) AS shown
