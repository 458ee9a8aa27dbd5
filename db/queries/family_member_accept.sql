-- Accepts invitations to share accounts, and shows them as they were then.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: write
-- repeatable: yes (the key makes it happen once)
-- deferral: yes
-- distinct: family_member_id
-- param: family_member_id uuid
-- param: person_key int8 (of the owner, in the id)
-- param: asker_key int8 (null: staff)
-- param: visible text
-- param: charge_limit_fen int8
-- param: month_limit_fen int8
-- param: year_limit_fen int8
-- param: usages text
-- param: principal_id uuid
-- param: instant instant
-- param: real_instant instant
-- param: key text
-- param: content_hash bytea
-- param: event_id uuid
-- param: request_id text
-- param: outbox_id uuid (null: the owner is not told)
-- param: payload bytea (sealed text for the owner)
-- param: wait bool
-- column: ord int8
-- column: status text (done, or why not)
-- column: is_replayed bool
-- column: refused_state text
-- column: refused_possible text (JSON)
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
SELECT done.ord, done.status, done.is_replayed, done.outcome ->> 'state', (done.outcome -> 'possible')::text,
       shown.family_member_id, shown.account_id, shown.pool_code, shown.parts, shown.relation, shown.way,
       shown.state, shown.usages, shown.charge_limit_fen, shown.month_limit_fen, shown.year_limit_fen,
       shown.invited_at, shown.invited_until, shown.activated_at, shown.ended_at, shown.ends_not_before,
       shown.changed_at, shown.possible, shown.owner_id, shown.owner_name_sealed, shown.member_id,
       shown.member_name_sealed, shown.guardian_id, shown.guardian_name_sealed
  FROM family_member_step_tell('accept_family_member', 'accept', $3, $4, $2, $1, $5, $6, $7, $8, $9, $10, $11, $12,
                               $13, $14, $15, $16, $17, $18) AS done
  LEFT JOIN LATERAL family_member_view(
       ($2::bigint[])[done.ord], CASE done.status WHEN 'done' THEN ($1::uuid[])[done.ord] END,
       ($3::bigint[])[done.ord], ($4::text[])[done.ord],
       (($10::timestamptz[])[done.ord] AT TIME ZONE 'Asia/Shanghai')::date, done.outcome) AS shown ON true
 ORDER BY done.ord
