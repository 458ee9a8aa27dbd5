-- Reads one page of what is in flight on an account, newest first; one row without any when there is none.
-- SPDX-License-Identifier: Apache-2.0
-- Open holds, which are few, by an index of their own: together they are held_fen. The index has those of one account; they
-- are sorted here.
-- lane: slow
-- repeatable: yes
-- param: person_key int8
-- param: account_id uuid
-- param: before_id uuid
-- param: row_limit int8
-- column: person_id uuid
-- column: pool_code text
-- column: pending_id uuid
-- column: kind text
-- column: amount_fen int8
-- column: since instant
-- column: expected_end instant
-- column: charge_id uuid
-- column: charge_no text
-- column: provider_id uuid
-- column: institution_name text
-- column: institution_type text
-- column: usage text
-- column: item text
-- column: occurred_at instant
SELECT account.person_id, account.pool_code, page.charge_id, 'hold', page.amount_fen, page.created_at, page.expires_at,
       charge.charge_id, charge.charge_no, charge.provider_id, charge.institution_name,
       charge.institution_type, charge.usage, charge.item, charge.occurred_at
  FROM account
  LEFT JOIN LATERAL (SELECT charge.*
                       FROM charge
                      WHERE charge.person_key = $1 AND charge.account_id = $2 AND charge.state = 'held'
                        AND charge.charge_id < $3
                      ORDER BY charge.charge_id DESC
                      LIMIT $4) AS page ON true
  LEFT JOIN LATERAL charge_detail('charge', page.charge_id) AS charge ON true
 WHERE account.person_key = $1 AND account.account_id = $2
 ORDER BY page.charge_id DESC
