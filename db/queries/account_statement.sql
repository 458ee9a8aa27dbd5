-- Reads one month of an account: the balance before it, a page of its entries, their sums, and the balance after it.
-- SPDX-License-Identifier: Apache-2.0
-- The month is cut by posting time, which agrees with seq: two probes of the entries by posting time give both balances
-- and the numbers of the first and last entry between them; all else is a range of the primary key. One statement is
-- one snapshot, so what it shows always adds up.
-- line: opening, then entry for each one behind after_seq (one more than shown tells that there are more), then sum for
-- each kind, part and direction, then closing with the sums of all.
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: account_id uuid
-- param: before_instant instant
-- param: as_of instant
-- param: settled bool
-- param: after_seq int8
-- param: row_limit int8
-- column: person_id uuid
-- column: pool_code text
-- column: pool_name text
-- column: line text
-- column: kind text
-- column: part text
-- column: direction text
-- column: entries_count int8
-- column: credits_fen int8
-- column: debits_fen int8
-- column: amount_fen int8
-- column: balance_after_fen int8
-- column: current_year_after_fen int8
-- column: carried_over_after_fen int8
-- column: business_date date
-- column: posted_at instant
-- column: settled bool
-- column: reference text
-- column: seq int8
-- column: entry_id uuid
-- column: operation_id uuid
-- column: linked_entry_id uuid
-- column: charge_id uuid
-- column: charge_no text
-- column: provider_id uuid
-- column: institution_name text
-- column: institution_type text
-- column: usage text
-- column: item text
-- column: occurred_at instant
-- column: payer_kind text
-- column: family_member_id uuid
WITH owner AS MATERIALIZED (
    SELECT account.person_id, account.pool_code,
           coalesce(pool.name, CASE account.pool_code WHEN '000000' THEN '医保钱包' END, account.pool_code) AS pool_name
      FROM account
      LEFT JOIN pool ON pool.pool_code = account.pool_code
     WHERE account.person_key = $1 AND account.account_id = $2
), edge AS MATERIALIZED (
    SELECT coalesce(opening.seq, 0) AS opening_seq, coalesce(opening.current_year_after_fen, 0) AS opening_current_fen,
           coalesce(opening.carried_over_after_fen, 0) AS opening_carried_fen, coalesce(closing.seq, 0) AS closing_seq,
           coalesce(closing.current_year_after_fen, 0) AS closing_current_fen,
           coalesce(closing.carried_over_after_fen, 0) AS closing_carried_fen
      FROM (VALUES (1)) AS one (row)
      LEFT JOIN LATERAL (SELECT entry.* FROM ledger_entry AS entry
                          WHERE entry.person_key = $1 AND entry.account_id = $2 AND entry.posted_at < $3
                          ORDER BY entry.posted_at DESC, entry.seq DESC LIMIT 1) AS opening ON true
      LEFT JOIN LATERAL (SELECT entry.* FROM ledger_entry AS entry
                          WHERE entry.person_key = $1 AND entry.account_id = $2 AND entry.posted_at <= $4
                          ORDER BY entry.posted_at DESC, entry.seq DESC LIMIT 1) AS closing ON true
), sums AS MATERIALIZED (
    SELECT entry.kind, entry.part, entry.direction, count(*) AS entries_count,
           sum(entry.amount_fen)::bigint AS amount_fen
      FROM edge
      JOIN ledger_entry AS entry ON entry.person_key = $1 AND entry.account_id = $2
           AND entry.seq > edge.opening_seq AND entry.seq <= edge.closing_seq
     GROUP BY entry.kind, entry.part, entry.direction
), line AS (
    SELECT 1 AS place, 0::bigint AS number, 'opening' AS line, NULL AS kind, NULL AS part, NULL AS direction,
           NULL::bigint AS entries_count, NULL::bigint AS credits_fen, NULL::bigint AS debits_fen,
           NULL::bigint AS amount_fen, edge.opening_current_fen AS current_year_after_fen,
           edge.opening_carried_fen AS carried_over_after_fen, NULL::date AS business_date,
           NULL::timestamptz AS posted_at,
           NULL::boolean AS settled, NULL AS reference, NULL::bigint AS seq, NULL::uuid AS entry_id,
           NULL::uuid AS operation_id, NULL::uuid AS linked_entry_id
      FROM edge
    UNION ALL
    (SELECT 2, entry.seq, 'entry', entry.kind, entry.part, entry.direction, NULL, NULL, NULL, entry.amount_fen,
            entry.current_year_after_fen, entry.carried_over_after_fen, entry.business_date, entry.posted_at, NULL,
            entry.reference, entry.seq, entry.entry_id, entry.operation_id, entry.linked_entry_id
       FROM ledger_entry AS entry
      WHERE entry.person_key = $1 AND entry.account_id = $2
        AND entry.seq > greatest((SELECT edge.opening_seq FROM edge), $6)
        AND entry.seq <= (SELECT edge.closing_seq FROM edge)
      ORDER BY entry.seq
      LIMIT $7)
    UNION ALL
    SELECT 3, row_number() OVER (ORDER BY sums.kind, sums.part, sums.direction), 'sum', sums.kind, sums.part,
           sums.direction, sums.entries_count, NULL, NULL, sums.amount_fen, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           NULL, NULL, NULL
      FROM sums
    UNION ALL
    SELECT 4, 0, 'closing', NULL, NULL, NULL, edge.closing_seq - edge.opening_seq, total.credits_fen,
           total.debits_fen, NULL,
           edge.closing_current_fen, edge.closing_carried_fen, NULL, $4, $5, NULL, NULL, NULL, NULL, NULL
      FROM edge
     CROSS JOIN (SELECT coalesce(sum(sums.amount_fen) FILTER (WHERE sums.direction = 'credit'), 0)::bigint
                        AS credits_fen,
                        coalesce(sum(sums.amount_fen) FILTER (WHERE sums.direction = 'debit'), 0)::bigint AS debits_fen
                   FROM sums) AS total
)
SELECT owner.person_id, owner.pool_code, owner.pool_name, line.line, line.kind, line.part, line.direction,
       line.entries_count, line.credits_fen, line.debits_fen, line.amount_fen,
       line.current_year_after_fen + line.carried_over_after_fen, line.current_year_after_fen,
       line.carried_over_after_fen, line.business_date, line.posted_at, line.settled, line.reference, line.seq,
       line.entry_id, line.operation_id, line.linked_entry_id, charge.charge_id, charge.charge_no, charge.provider_id,
       charge.institution_name, charge.institution_type, charge.usage, charge.item, charge.occurred_at,
       charge.payer_kind, charge.family_member_id
  FROM owner
 CROSS JOIN line
  LEFT JOIN LATERAL charge_behind(line.kind, line.operation_id) AS charge ON true
 ORDER BY line.place, line.number
