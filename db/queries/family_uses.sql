-- Reads one page of the single charges that an account has paid for a relative, newest first.
-- SPDX-License-Identifier: Apache-2.0
-- One row without a share when there are none; no row at all for a stranger.
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: family_member_id uuid
-- param: asker_key int8 (null: staff)
-- param: visible text
-- param: day date
-- param: before uuid
-- param: row_limit int8
-- column: share_id uuid
-- column: charge_id uuid
-- column: charge_no text
-- column: state text
-- column: usage text
-- column: item text
-- column: amount_fen int8
-- column: captured_fen int8
-- column: refunded_fen int8
-- column: provider_id uuid
-- column: institution_name text
-- column: created_at instant
-- column: business_date date
-- column: captured_on date
-- column: owner_id uuid
-- column: owner_name_sealed bytea
-- column: member_id uuid
-- column: member_name_sealed bytea
SELECT used.share_id, used.charge_id, charge.charge_no, used.state, used.usage, charge.item, used.amount_fen,
       used.captured_fen, used.refunded_fen, used.provider_id, client.name, used.created_at, used.business_date,
       used.captured_on, shown.owner_id, shown.owner_name_sealed, shown.member_id, shown.member_name_sealed
  FROM family_member_view($1, $2, $3, $4, $5, NULL) AS shown
  LEFT JOIN LATERAL (
       SELECT share.*
         FROM charge_share AS share
        WHERE share.person_key = $1 AND share.family_member_id = $2 AND share.share_id < $6
        ORDER BY share.share_id DESC
        LIMIT $7) AS used ON true
  LEFT JOIN charge ON charge.person_key = used.charge_person_key AND charge.charge_id = used.charge_id
  LEFT JOIN client ON client.client_id = used.provider_id
 ORDER BY used.share_id DESC
