-- I8: money that was taken for a withdrawal is on its way, paid, or back, once:
-- each withdrawal is what its entries say, and the other way round.
-- SPDX-License-Identifier: Apache-2.0
-- Taken is one entry of each part, to the payable of the pool, before the step that took it ended. What came back is
-- one entry for each of them, of the same amount, when the withdrawal was cancelled or given up; current-year money may
-- come back as carried-over money.
WITH entry AS MATERIALIZED (
    SELECT person_key, account_id, seq, entry_id, operation_id, linked_entry_id, kind, part, amount_fen, system_account,
           posted_at
    FROM ledger_entry
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND kind IN ('withdrawal', 'withdrawal_return')
), taken AS (
    SELECT person_key, operation_id AS withdrawal_id, max(posted_at) AS posted_at,
           coalesce(sum(amount_fen) FILTER (WHERE part = 'current_year'), 0) AS current_year_fen,
           coalesce(sum(amount_fen) FILTER (WHERE part = 'carried_over'), 0) AS carried_over_fen
    FROM entry WHERE kind = 'withdrawal'
    GROUP BY person_key, operation_id
), step AS (
    SELECT person_key, object_id AS withdrawal_id, min(at) AS at
    FROM state_change
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND machine = 'withdrawal' AND event IN ('approve', 'take_over')
    GROUP BY person_key, object_id
), asked AS MATERIALIZED (
    SELECT w.*, amount_fen > 0 AND state IN ('returned', 'cancelled') AS is_back
    FROM withdrawal AS w WHERE person_key BETWEEN $1::bigint AND $2::bigint
)
SELECT 'withdrawal', w.withdrawal_id::text, fault.column_name, fault.expected, fault.found
FROM asked AS w
LEFT JOIN taken ON taken.person_key = w.person_key AND taken.withdrawal_id = w.withdrawal_id
LEFT JOIN step ON step.person_key = w.person_key AND step.withdrawal_id = w.withdrawal_id
CROSS JOIN LATERAL (
    SELECT 'current_year_fen', coalesce(taken.current_year_fen, 0)::text, w.current_year_fen::text
    WHERE w.current_year_fen <> coalesce(taken.current_year_fen, 0)
    UNION ALL
    SELECT 'carried_over_fen', coalesce(taken.carried_over_fen, 0)::text, w.carried_over_fen::text
    WHERE w.carried_over_fen <> coalesce(taken.carried_over_fen, 0)
    UNION ALL
    SELECT 'amount_fen', (w.current_year_fen + w.carried_over_fen)::text, w.amount_fen::text
    WHERE w.amount_fen <> w.current_year_fen + w.carried_over_fen
    UNION ALL
    SELECT 'state', CASE WHEN taken.withdrawal_id IS NULL THEN 'one before the money is taken' ELSE 'one after it' END,
           w.state
    WHERE (taken.withdrawal_id IS NOT NULL) <> (step.withdrawal_id IS NOT NULL)
    UNION ALL
    SELECT 'account_status', CASE WHEN taken.withdrawal_id IS NULL THEN 'null' ELSE 'one that lets money go' END,
           coalesce(w.account_status, 'null')
    WHERE CASE WHEN taken.withdrawal_id IS NULL THEN w.account_status IS NOT NULL
               ELSE coalesce(w.account_status, '') NOT IN ('active', 'suspended', 'spend_only', 'deceased') END
    UNION ALL
    SELECT 'return_id', CASE WHEN w.is_back THEN 'an operation' ELSE 'null' END, coalesce(w.return_id::text, 'null')
    WHERE (w.return_id IS NOT NULL) <> w.is_back
    UNION ALL
    SELECT 'changed_at', 'not before ' || taken.posted_at, w.changed_at::text WHERE w.changed_at < taken.posted_at
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'ledger_entry', entry.account_id || '/' || entry.seq, fault.column_name, fault.expected, fault.found
FROM entry
LEFT JOIN asked AS w ON w.person_key = entry.person_key AND w.withdrawal_id = entry.operation_id
LEFT JOIN step ON step.person_key = entry.person_key AND step.withdrawal_id = entry.operation_id
LEFT JOIN (SELECT person_key, linked_entry_id, count(*) AS entries FROM entry WHERE kind = 'withdrawal_return'
           GROUP BY person_key, linked_entry_id) AS back
       ON back.person_key = entry.person_key AND back.linked_entry_id = entry.entry_id
CROSS JOIN LATERAL (
    SELECT 'operation_id', 'a withdrawal of the person', 'none' WHERE w.withdrawal_id IS NULL
    UNION ALL
    SELECT 'account_id', w.account_id::text, entry.account_id::text WHERE entry.account_id <> w.account_id
    UNION ALL
    SELECT 'system_account', 'withdrawal_payable:' || w.pool_code, entry.system_account
    WHERE entry.system_account <> 'withdrawal_payable:' || w.pool_code
    UNION ALL
    SELECT 'posted_at', 'from ' || w.created_at || ' to ' || step.at, entry.posted_at::text
    WHERE entry.posted_at < w.created_at OR entry.posted_at > step.at
    UNION ALL
    SELECT 'entry_id', CASE WHEN w.is_back THEN '1 withdrawal_return' ELSE '0: it has not come back' END,
           coalesce(back.entries, 0)::text
    WHERE coalesce(back.entries, 0) <> CASE WHEN w.is_back THEN 1 ELSE 0 END
) AS fault (column_name, expected, found)
WHERE entry.kind = 'withdrawal'
UNION ALL
SELECT 'ledger_entry', entry.account_id || '/' || entry.seq, fault.column_name, fault.expected, fault.found
FROM entry
LEFT JOIN entry AS given ON given.person_key = entry.person_key AND given.entry_id = entry.linked_entry_id
                        AND given.kind = 'withdrawal'
LEFT JOIN asked AS w ON w.person_key = given.person_key AND w.withdrawal_id = given.operation_id
CROSS JOIN LATERAL (
    SELECT 'linked_entry_id', 'an entry of a withdrawal', coalesce(entry.linked_entry_id::text, 'null')
    WHERE given.entry_id IS NULL
    UNION ALL
    SELECT 'operation_id', coalesce(w.return_id::text, 'none: it has not come back'), entry.operation_id::text
    WHERE given.entry_id IS NOT NULL AND entry.operation_id IS DISTINCT FROM w.return_id
    UNION ALL
    SELECT 'account_id', given.account_id::text, entry.account_id::text WHERE entry.account_id <> given.account_id
    UNION ALL
    SELECT 'amount_fen', given.amount_fen::text, entry.amount_fen::text WHERE entry.amount_fen <> given.amount_fen
    UNION ALL
    SELECT 'part', given.part || ' or carried_over', entry.part WHERE entry.part NOT IN (given.part, 'carried_over')
    UNION ALL
    SELECT 'system_account', given.system_account, entry.system_account
    WHERE entry.system_account <> given.system_account
    UNION ALL
    SELECT 'posted_at', 'not before ' || given.posted_at, entry.posted_at::text WHERE entry.posted_at < given.posted_at
) AS fault (column_name, expected, found)
WHERE entry.kind = 'withdrawal_return'
