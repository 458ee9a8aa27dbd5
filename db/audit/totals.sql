-- Counts and sums over the persons from $1 to $2; the program adds the slices up.
-- Copies of merges count no second time.
-- SPDX-License-Identifier: Apache-2.0
-- Invariant I1 over everything: personal balances and system accounts, which are minus the sum of their entries,
-- add up to zero.
WITH accounts AS (
    SELECT count(*) AS number, coalesce(sum(current_year_fen), 0) AS current_year_fen,
           coalesce(sum(carried_over_fen), 0) AS carried_over_fen, coalesce(sum(held_fen), 0) AS held_fen
    FROM account WHERE person_key BETWEEN $1::bigint AND $2::bigint
), entries AS (
    SELECT split_part(system_account, ':', 1) AS system_kind, count(*) AS number,
           sum(CASE direction WHEN 'credit' THEN -amount_fen ELSE amount_fen END) AS system_fen
    FROM ledger_entry WHERE person_key BETWEEN $1::bigint AND $2::bigint
    GROUP BY 1
)
SELECT 'accounts', number FROM accounts
UNION ALL SELECT 'entries', coalesce(sum(number), 0) FROM entries
UNION ALL SELECT 'contributions', count(*) FROM contribution
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND origin_contribution_id IS NULL
UNION ALL SELECT 'charges', count(*) FROM charge WHERE person_key BETWEEN $1::bigint AND $2::bigint
UNION ALL SELECT 'refunds', count(*) FROM charge_refund WHERE person_key BETWEEN $1::bigint AND $2::bigint
UNION ALL SELECT 'credits', count(*) FROM pensioner_credit
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND origin_credit_id IS NULL
UNION ALL SELECT 'hold_events', count(*) FROM hold_event WHERE person_key BETWEEN $1::bigint AND $2::bigint
UNION ALL SELECT 'current_year_fen', current_year_fen FROM accounts
UNION ALL SELECT 'carried_over_fen', carried_over_fen FROM accounts
UNION ALL SELECT 'personal_fen', current_year_fen + carried_over_fen FROM accounts
UNION ALL SELECT 'held_fen', held_fen FROM accounts
UNION ALL SELECT 'system_fen', coalesce(sum(system_fen), 0) FROM entries
UNION ALL SELECT 'system_fen:' || system_kind, system_fen FROM entries
