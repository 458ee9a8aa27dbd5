-- Reads one page of the transfers to a person's wallet, newest first; one row without any when there is none.
-- SPDX-License-Identifier: Apache-2.0
-- The columns are those of wallet_transfer_create. No row at all when the person is absent, or has nothing in the
-- visible pools. The page is one backward range of an index; what is shown of each is a few probes.
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: person_id uuid
-- param: visible text
-- param: before_id uuid
-- param: row_limit int8
-- column: ord int8
-- column: status text
-- column: is_replayed bool
-- column: refused_state text
-- column: possible text
-- column: wallet_transfer_id uuid
-- column: family_member_id uuid
-- column: relation text
-- column: amount_fen int8
-- column: state text
-- column: created_at instant
-- column: business_date date
-- column: returns_at instant
-- column: ended_at instant
-- column: account_id uuid
-- column: pool_code text
-- column: current_year_fen int8
-- column: carried_over_fen int8
-- column: wallet_account_id uuid
-- column: sender_id uuid
-- column: sender_name_sealed bytea
-- column: receiver_id uuid
-- column: receiver_name_sealed bytea
SELECT 1::bigint, 'done', false, NULL, NULL,
       shown.wallet_transfer_id, shown.family_member_id, shown.relation, shown.amount_fen, shown.state,
       shown.created_at, shown.business_date, shown.returns_at, shown.ended_at, shown.account_id, shown.pool_code,
       shown.current_year_fen, shown.carried_over_fen, shown.wallet_account_id, shown.sender_id,
       shown.sender_name_sealed, shown.receiver_id, shown.receiver_name_sealed
  FROM person
  LEFT JOIN LATERAL (SELECT sent.person_key, sent.wallet_transfer_id
                       FROM wallet_transfer AS sent
                      WHERE sent.receiver_person_key = $1 AND sent.wallet_transfer_id < $4
                      ORDER BY sent.wallet_transfer_id DESC
                      LIMIT $5) AS page ON true
  LEFT JOIN LATERAL wallet_transfer_view(page.person_key, page.wallet_transfer_id, $1) AS shown ON true
 WHERE person.person_key = $1 AND person.person_id = $2
   AND ($3::text IS NULL OR person_is_visible($1, $3))
 ORDER BY page.wallet_transfer_id DESC
