-- Bank cards of transfers that pay out; their withdrawals and payout lines have the same bytes, and get the same again.
-- SPDX-License-Identifier: Apache-2.0
-- Left alone while money of the person is under way: whoever moves it on copies what stands there.
-- scan: transfer 16
SELECT 'transfer.bank_card' AS name, transfer_id, bank_card_sealed, person_key, transfer_id AS object_id,
       NOT EXISTS (SELECT FROM withdrawal AS w WHERE w.person_key = transfer.person_key AND w.ended_at IS NULL)
       AND NOT EXISTS (SELECT FROM transfer AS t
                       WHERE t.person_key = transfer.person_key AND t.ended_at IS NULL) AS is_free
  FROM transfer
 WHERE transfer.ctid >= $2::tid AND transfer.ctid < $3::tid
   AND get_byte(bank_card_sealed, 1) * 256 + get_byte(bank_card_sealed, 2) <> $1::integer
-- store
WITH moved AS (
    UPDATE transfer SET bank_card_sealed = $2::bytea
     WHERE person_key = $4::bigint AND transfer_id = $5::uuid AND bank_card_sealed = $1::bytea AND $3::text IS NOT NULL
    RETURNING transfer_id
), paid AS (
    UPDATE withdrawal SET bank_card_sealed = $2
      FROM moved WHERE withdrawal.person_key = $4 AND withdrawal.transfer_id = moved.transfer_id
       AND bank_card_of = 'transfer' AND bank_card_sealed = $1
), told AS (
    UPDATE payout_line SET bank_card_sealed = $2
      FROM moved WHERE payout_line.person_key = $4 AND bank_card_of = 'transfer' AND bank_card_sealed = $1
)
SELECT FROM moved
