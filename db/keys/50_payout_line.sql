-- Bank cards of lines of payout files that are no longer those of their withdrawals.
-- SPDX-License-Identifier: Apache-2.0
-- scan: payout_line 16
SELECT CASE line.bank_card_of WHEN 'transfer' THEN 'transfer.bank_card' ELSE 'withdrawal.bank_card' END AS name,
       CASE line.bank_card_of WHEN 'transfer' THEN w.transfer_id ELSE w.withdrawal_id END AS row_id,
       line.bank_card_sealed, line.person_key, line.payout_file_id AS object_id,
       w.ended_at IS NOT NULL AND line.bank_card_sealed <> w.bank_card_sealed AS is_free
  FROM payout_line AS line
  JOIN withdrawal AS w ON w.person_key = line.person_key AND w.withdrawal_id = line.withdrawal_id
 WHERE line.ctid >= $2::tid AND line.ctid < $3::tid
   AND get_byte(line.bank_card_sealed, 1) * 256 + get_byte(line.bank_card_sealed, 2) <> $1::integer
-- store
UPDATE payout_line SET bank_card_sealed = $2::bytea
 WHERE person_key = $4::bigint AND payout_file_id = $5::uuid AND bank_card_sealed = $1::bytea AND $3::text IS NOT NULL
