-- Reads one page of an account's entries, newest first; one row without an entry when the page is empty.
-- SPDX-License-Identifier: Apache-2.0
-- The page is one backward range of the primary key (person_key, account_id, seq): its cost does not grow with the
-- history. The sort on top only orders the page's own rows. What was charged is a few probes for each.
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: account_id uuid
-- param: before_seq int8
-- param: kind text
-- param: from_date date
-- param: to_date date
-- param: row_limit int8
-- column: person_id uuid
-- column: pool_code text
-- column: seq int8
-- column: entry_id uuid
-- column: operation_id uuid
-- column: kind text
-- column: part text
-- column: direction text
-- column: amount_fen int8
-- column: balance_after_fen int8
-- column: current_year_after_fen int8
-- column: carried_over_after_fen int8
-- column: business_date date
-- column: posted_at instant
-- column: reference text
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
SELECT account.person_id, account.pool_code, page.seq, page.entry_id, page.operation_id, page.kind, page.part,
       page.direction, page.amount_fen, page.current_year_after_fen + page.carried_over_after_fen,
       page.current_year_after_fen, page.carried_over_after_fen, page.business_date, page.posted_at, page.reference,
       page.linked_entry_id, charge.charge_id, charge.charge_no, charge.provider_id, charge.institution_name,
       charge.institution_type, charge.usage, charge.item, charge.occurred_at,
       charge.payer_kind, charge.family_member_id
  FROM account
  LEFT JOIN LATERAL (SELECT ledger_entry.*
                       FROM ledger_entry
                      WHERE ledger_entry.person_key = $1 AND ledger_entry.account_id = $2 AND ledger_entry.seq < $3
                        AND ($4::text IS NULL OR ledger_entry.kind = $4)
                        AND ($5::date IS NULL OR ledger_entry.business_date >= $5)
                        AND ($6::date IS NULL OR ledger_entry.business_date <= $6)
                      ORDER BY ledger_entry.seq DESC
                      LIMIT $7) AS page ON true
  LEFT JOIN LATERAL charge_behind(page.kind, page.operation_id) AS charge ON true
 WHERE account.person_key = $1 AND account.account_id = $2
 ORDER BY page.seq DESC
