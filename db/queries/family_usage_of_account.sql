-- Sums what relatives have used of an account in a year, by member, month and use;
-- one row without any when nothing was.
-- SPDX-License-Identifier: Apache-2.0
-- What was voided or has expired does not count. Months are those of the charges' business days.
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: account_id uuid
-- param: first_day date
-- param: last_day date
-- column: owned_by uuid
-- column: owned_pool_code text
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
SELECT account.person_id, account.pool_code, sums.family_member_id, shared.relation, sums.month, sums.usage,
       sums.uses_count, coalesce(sums.held_fen, 0)::bigint,
       coalesce(sums.captured_fen, 0)::bigint, coalesce(sums.refunded_fen, 0)::bigint, member.person_id,
       member.name_sealed
  FROM account
  LEFT JOIN LATERAL (
       SELECT share.family_member_id, date_trunc('month', share.business_date)::date AS month, share.usage,
              count(*) AS uses_count, sum(share.amount_fen) FILTER (WHERE share.state = 'held') AS held_fen,
              sum(share.captured_fen) AS captured_fen, sum(share.refunded_fen) AS refunded_fen
         FROM charge_share AS share
        WHERE share.person_key = $1 AND share.account_id = $2 AND share.family_member_id IS NOT NULL
          AND share.business_date BETWEEN $3 AND $4 AND share.state IN ('held', 'captured')
        GROUP BY 1, 2, 3) AS sums ON true
  LEFT JOIN family_member AS shared ON shared.person_key = $1 AND shared.family_member_id = sums.family_member_id
  LEFT JOIN person AS member ON member.person_key = shared.member_person_key
 WHERE account.person_key = $1 AND account.account_id = $2
 ORDER BY sums.month DESC, sums.family_member_id, sums.usage
