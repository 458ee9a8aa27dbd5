-- Makes a payout file of the withdrawals that were read (payout_candidates).
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes (the key makes it happen once)
-- writes: yes
-- param: payout_file_id uuid
-- param: pool_code text
-- param: items text (a line for each: id and changed_at in microseconds, separated by a tab)
-- param: content_hash_sealed bytea
-- param: principal_id uuid
-- param: instant instant
-- param: key text
-- param: content_hash bytea
-- param: event_id uuid
-- param: request_id text
-- param: real_instant instant
-- column: status text (done, or why not)
-- column: is_replayed bool
-- column: payout_file_id uuid
-- column: pool_code text
-- column: lines_count int4
-- column: amount_fen int8
-- column: created_at instant
SELECT made.status, made.is_replayed, made.payout_file_id, made.outcome ->> 'pool_code',
       (made.outcome ->> 'lines_count')::integer, (made.outcome ->> 'amount_fen')::bigint,
       (made.outcome ->> 'created_at')::timestamptz
  FROM payout_file_create($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS made
