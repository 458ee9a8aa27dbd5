-- Bank cards of withdrawals, with the lines of payout files that have the same bytes, and names of payees.
-- SPDX-License-Identifier: Apache-2.0
-- Left alone while money of the person is under way: whoever moves it on copies what stands there.
-- scan: withdrawal 16
SELECT v.name, v.row_id, v.sealed, w.person_key, w.withdrawal_id AS object_id,
       NOT EXISTS (SELECT FROM withdrawal AS o WHERE o.person_key = w.person_key AND o.ended_at IS NULL)
       AND NOT EXISTS (SELECT FROM transfer AS t WHERE t.person_key = w.person_key AND t.ended_at IS NULL) AS is_free
  FROM withdrawal AS w
 CROSS JOIN LATERAL (VALUES
           ('withdrawal.bank_card', withdrawal_id, CASE bank_card_of WHEN 'withdrawal' THEN bank_card_sealed END),
           (CASE payee_name_of WHEN 'person' THEN 'person.name' ELSE 'withdrawal.payee_name' END,
            CASE payee_name_of WHEN 'person' THEN person_id ELSE withdrawal_id END, payee_name_sealed))
       AS v (name, row_id, sealed)
 WHERE w.ctid >= $2::tid AND w.ctid < $3::tid
   AND get_byte(v.sealed, 1) * 256 + get_byte(v.sealed, 2) <> $1::integer
-- store
WITH moved AS (
    UPDATE withdrawal
       SET bank_card_sealed = CASE WHEN bank_card_sealed = $1::bytea THEN $2::bytea ELSE bank_card_sealed END,
           payee_name_sealed = CASE WHEN payee_name_sealed = $1 THEN $2 ELSE payee_name_sealed END
     WHERE person_key = $4::bigint AND withdrawal_id = $5::uuid AND $1 IN (bank_card_sealed, payee_name_sealed)
       AND $3::text IS NOT NULL
    RETURNING withdrawal_id
), told AS (
    UPDATE payout_line SET bank_card_sealed = $2
      FROM moved WHERE payout_line.person_key = $4 AND payout_line.withdrawal_id = moved.withdrawal_id
       AND bank_card_of = 'withdrawal' AND bank_card_sealed = $1
)
SELECT FROM moved
