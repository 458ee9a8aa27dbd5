-- Reads the months in which an account has entries, newest first, each with its balances and sums; one row without a
-- month when there are none.
-- SPDX-License-Identifier: Apache-2.0
-- Walks from the newest entry to the last one before its month, and so on: one probe of the entries by posting time for
-- each month, however long the history. Only the sums of the months shown read their entries.
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: account_id uuid
-- param: as_of instant
-- param: settled_before instant
-- param: row_limit int8
-- column: person_id uuid
-- column: pool_code text
-- column: month date
-- column: settled bool
-- column: opening_balance_fen int8
-- column: credits_fen int8
-- column: debits_fen int8
-- column: closing_balance_fen int8
-- column: closing_current_year_fen int8
-- column: closing_carried_over_fen int8
-- column: entries_count int8
WITH RECURSIVE month AS (
    SELECT 1::bigint AS number, closing.*
      FROM (SELECT entry.seq, entry.posted_at, entry.current_year_after_fen AS current_fen,
                   entry.carried_over_after_fen AS carried_fen,
                   date_trunc('month', entry.posted_at AT TIME ZONE 'Asia/Shanghai') AS starts_at
              FROM ledger_entry AS entry
             WHERE entry.person_key = $1 AND entry.account_id = $2 AND entry.posted_at <= $3
             ORDER BY entry.posted_at DESC, entry.seq DESC
             LIMIT 1) AS closing
    UNION ALL
    SELECT month.number + 1, before.*
      FROM month
     CROSS JOIN LATERAL (SELECT entry.seq, entry.posted_at, entry.current_year_after_fen, entry.carried_over_after_fen,
                                date_trunc('month', entry.posted_at AT TIME ZONE 'Asia/Shanghai')
                           FROM ledger_entry AS entry
                          WHERE entry.person_key = $1 AND entry.account_id = $2
                            AND entry.posted_at < month.starts_at AT TIME ZONE 'Asia/Shanghai'
                          ORDER BY entry.posted_at DESC, entry.seq DESC
                          LIMIT 1) AS before
     WHERE month.number <= $5
), bounded AS (
    -- One month more than asked for was walked to, so that the last one shown has its opening balance.
    SELECT month.*, lead(month.seq, 1, 0::bigint) OVER newest AS opening_seq,
           lead(month.current_fen + month.carried_fen, 1, 0::bigint) OVER newest AS opening_fen
      FROM month
    WINDOW newest AS (ORDER BY month.number)
)
SELECT account.person_id, account.pool_code, shown.starts_at::date,
       (shown.starts_at + interval '1 month') AT TIME ZONE 'Asia/Shanghai' <= $4, shown.opening_fen, moved.credits_fen,
       moved.debits_fen, shown.current_fen + shown.carried_fen, shown.current_fen, shown.carried_fen,
       shown.seq - shown.opening_seq
  FROM account
  LEFT JOIN bounded AS shown ON shown.number <= $5
  LEFT JOIN LATERAL (SELECT coalesce(sum(entry.amount_fen) FILTER (WHERE entry.direction = 'credit'), 0)::bigint
                            AS credits_fen,
                            coalesce(sum(entry.amount_fen) FILTER (WHERE entry.direction = 'debit'), 0)::bigint
                            AS debits_fen
                       FROM ledger_entry AS entry
                      WHERE entry.person_key = $1 AND entry.account_id = $2
                        AND entry.seq > shown.opening_seq AND entry.seq <= shown.seq) AS moved ON true
 WHERE account.person_key = $1 AND account.account_id = $2
 ORDER BY shown.number
