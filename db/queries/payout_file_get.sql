-- Reads a payout file with its lines and what the bank answered about each; no row when there is no such file.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- param: payout_file_id uuid
-- column: payout_file_id uuid
-- column: pool_code text
-- column: state text
-- column: lines_count int4
-- column: amount_fen int8
-- column: paid_fen int8
-- column: bounced_fen int8
-- column: open_fen int8
-- column: created_at instant
-- column: settled_at instant
-- column: content_hash_sealed bytea
-- column: line_number int4
-- column: withdrawal_id uuid
-- column: line_amount_fen int8
-- column: outcome text
-- column: bounce_code text
-- column: paid_on date
-- column: answered_at instant
SELECT file.payout_file_id, file.pool_code, CASE WHEN file.settled_at IS NULL THEN 'open' ELSE 'settled' END,
       file.lines_count, file.amount_fen,
       (coalesce(sum(line.amount_fen) FILTER (WHERE line.outcome = 'paid') OVER (), 0))::bigint,
       (coalesce(sum(line.amount_fen) FILTER (WHERE line.outcome = 'bounced') OVER (), 0))::bigint,
       (coalesce(sum(line.amount_fen) FILTER (WHERE line.outcome IS NULL) OVER (), 0))::bigint,
       file.created_at, file.settled_at, file.content_hash_sealed, line.line_number, line.withdrawal_id,
       line.amount_fen, line.outcome, line.bounce_code, line.paid_on, line.answered_at
  FROM payout_file AS file
  JOIN payout_line AS line ON line.payout_file_id = file.payout_file_id
 WHERE file.payout_file_id = $1
 ORDER BY line.line_number
