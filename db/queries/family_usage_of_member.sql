-- Sums what a relative has used of an account in a year, by month and use; one row without a month when nothing was.
-- SPDX-License-Identifier: Apache-2.0
-- No row at all for a stranger. The columns from family_member_id on are those of family_usage_of_account.
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: family_member_id uuid
-- param: asker_key int8 (null: staff)
-- param: visible text
-- param: day date
-- param: first_day date
-- param: last_day date
-- column: family_member_id uuid
-- column: relation text
-- column: month date
-- column: usage text
-- column: uses_count int8
-- column: held_fen int8
-- column: captured_fen int8
-- column: refunded_fen int8
-- column: member_id uuid
-- column: member_name_sealed bytea
SELECT shown.family_member_id, shown.relation, sums.month, sums.usage, sums.uses_count,
       coalesce(sums.held_fen, 0)::bigint, coalesce(sums.captured_fen, 0)::bigint,
       coalesce(sums.refunded_fen, 0)::bigint, shown.member_id, shown.member_name_sealed
  FROM family_member_view($1, $2, $3, $4, $5, NULL) AS shown
  LEFT JOIN LATERAL (
       SELECT share.family_member_id, date_trunc('month', share.business_date)::date AS month, share.usage,
              count(*) AS uses_count, sum(share.amount_fen) FILTER (WHERE share.state = 'held') AS held_fen,
              sum(share.captured_fen) AS captured_fen, sum(share.refunded_fen) AS refunded_fen
         FROM charge_share AS share
        WHERE share.person_key = $1 AND share.family_member_id = $2
          AND share.business_date BETWEEN $6 AND $7 AND share.state IN ('held', 'captured')
        GROUP BY 1, 2, 3) AS sums ON true
 ORDER BY sums.month DESC, sums.usage
