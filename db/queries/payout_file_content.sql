-- Reads the lines of a payout file with their sealed payees, and records who was shown them and what for.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes (the events' ids come from the instant)
-- writes: yes
-- param: payout_file_id uuid
-- param: visible text
-- param: purpose text
-- param: note text
-- param: principal_id uuid
-- param: instant instant
-- param: request_id text
-- column: withdrawal_id uuid
-- column: person_id uuid
-- column: transfer_id uuid
-- column: amount_fen int8
-- column: bank_card_sealed bytea
-- column: bank_card_of text
-- column: payee_name_sealed bytea
-- column: payee_name_of text
-- column: line_number int4
-- column: content_hash_sealed bytea
SELECT line.withdrawal_id, w.person_id, w.transfer_id, line.amount_fen, line.bank_card_sealed, line.bank_card_of,
       w.payee_name_sealed, w.payee_name_of, line.line_number, file.content_hash_sealed
  FROM payout_file_disclose($1, $2, $3, $4, $5, $6, $7) AS shown
  JOIN payout_file AS file ON file.payout_file_id = shown.payout_file_id
  JOIN payout_line AS line ON line.payout_file_id = file.payout_file_id
  JOIN withdrawal AS w ON w.person_key = line.person_key AND w.withdrawal_id = line.withdrawal_id
 ORDER BY line.line_number
