-- I1: what people owe. Each receivable has exactly its one entry, each such entry its row,
-- and nobody owes a thing twice.
-- SPDX-License-Identifier: Apache-2.0
-- A receivable is credited from the pool's receivable account in the operation that takes the money back in full, so
-- minus the sum of that system account is what is owed. Nothing settles one yet. A merge copies the row to the current
-- person and leaves the first one behind as moved: the entry belongs to the first, the debt to the copy.
WITH entry AS (
    SELECT person_key, account_id, operation_id, seq, amount_fen
    FROM ledger_entry
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND kind = 'receivable'
), stored AS (
    SELECT receivable.*, alias.current_person_key
    FROM receivable
    LEFT JOIN person_alias AS alias USING (person_key)
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
), first_of AS (
    SELECT * FROM stored WHERE origin_receivable_id IS NULL
), copy AS (
    SELECT stored.*, ('x' || right(origin_receivable_id::text, 12))::bit(48)::bigint
           + (('x' || substr(origin_receivable_id::text, 20, 4))::bit(16)::bigint & 16383) * 281474976710656
               AS origin_key
    FROM stored WHERE origin_receivable_id IS NOT NULL
)
SELECT 'receivable', first_of.receivable_id::text, 'amount_fen',
       coalesce(string_agg(entry.amount_fen::text, ','), 'no ledger entry'), first_of.amount_fen::text
FROM first_of
LEFT JOIN entry USING (person_key, account_id, operation_id)
GROUP BY first_of.receivable_id, first_of.amount_fen
HAVING count(*) <> 1 OR min(entry.amount_fen) IS DISTINCT FROM first_of.amount_fen
UNION ALL
SELECT 'ledger_entry', entry.account_id || '/' || entry.seq, 'operation_id', '1 receivable',
       count(first_of.receivable_id)::text
FROM entry
LEFT JOIN first_of USING (person_key, account_id, operation_id)
GROUP BY entry.account_id, entry.seq
HAVING count(first_of.receivable_id) <> 1
UNION ALL
SELECT 'ledger_entry', entry.account_id || '/' || entry.seq, 'amount_fen', 'no more than was missing',
       entry.amount_fen || ', though ' || left_over.balance_fen - held.amount_fen || ' were left over'
FROM entry
CROSS JOIN LATERAL (SELECT after.current_year_after_fen + after.carried_over_after_fen AS balance_fen, after.posted_at
                    FROM ledger_entry AS after
                    WHERE after.person_key = entry.person_key AND after.account_id = entry.account_id
                      AND after.operation_id = entry.operation_id
                    ORDER BY after.seq DESC LIMIT 1) AS left_over
CROSS JOIN LATERAL (SELECT coalesce(sum(CASE WHEN event.kind = 'opened' THEN event.amount_fen
                                             WHEN event.posted_at < left_over.posted_at THEN -event.amount_fen END), 0)
                           AS amount_fen
                    FROM hold_event AS event
                    WHERE event.person_key = entry.person_key AND event.account_id = entry.account_id
                      AND event.posted_at <= left_over.posted_at) AS held
WHERE left_over.balance_fen > held.amount_fen
UNION ALL
SELECT 'receivable', stored.receivable_id::text, fault.column_name, fault.expected, fault.found
FROM stored
LEFT JOIN account ON account.person_key = stored.person_key AND account.account_id = stored.account_id
CROSS JOIN LATERAL (
    SELECT 'settled_fen', '0', stored.settled_fen::text WHERE stored.settled_fen <> 0
    UNION ALL
    SELECT 'state', CASE WHEN stored.current_person_key IS NULL THEN 'open' ELSE 'moved' END, stored.state
    WHERE stored.state <> CASE WHEN stored.current_person_key IS NULL THEN 'open' ELSE 'moved' END
    UNION ALL
    SELECT 'pool_code', coalesce(account.pool_code, 'an account'), stored.pool_code
    WHERE account.pool_code IS DISTINCT FROM stored.pool_code
    UNION ALL
    SELECT 'contribution_id', 'a reversed contribution', 'none'
    WHERE stored.kind = 'contribution_reversal'
      AND NOT EXISTS (SELECT FROM contribution
                      WHERE contribution.person_key = stored.person_key AND contribution.status = 'reversed'
                        AND contribution.contribution_id = stored.contribution_id)
    UNION ALL
    SELECT 'credit_id', 'a difference of a credit that left ' || stored.amount_fen || ' to be owed', 'none'
    WHERE stored.kind = 'pensioner_credit'
      AND NOT EXISTS (SELECT FROM pensioner_credit AS credit
                      WHERE credit.person_key = stored.person_key AND credit.credit_id = stored.credit_id
                        AND coalesce(credit.origin_credit_id, credit.credit_id) = stored.operation_id
                        AND (credit.receivable_fen, credit.pool_code) = (stored.amount_fen, stored.pool_code))
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'receivable', copy.receivable_id::text, 'origin_receivable_id', 'one with the same content at an alias', 'none'
FROM copy
WHERE NOT EXISTS (SELECT FROM receivable AS origin
                  JOIN person_alias AS alias ON alias.person_key = origin.person_key
                  WHERE origin.person_key = copy.origin_key AND origin.receivable_id = copy.origin_receivable_id
                    AND alias.current_person_key = coalesce(copy.current_person_key, copy.person_key)
                    AND origin.origin_receivable_id IS NULL
                    AND (origin.amount_fen, origin.operation_id, origin.pool_code, origin.kind, origin.business_date)
                        = (copy.amount_fen, copy.operation_id, copy.pool_code, copy.kind, copy.business_date))
UNION ALL
SELECT 'receivable', first_of.receivable_id::text, 'state', '1 copy at the current person',
       count(copied.receivable_id)::text
FROM first_of
LEFT JOIN receivable AS copied ON copied.person_key = first_of.current_person_key
                              AND copied.origin_receivable_id = first_of.receivable_id
WHERE first_of.current_person_key IS NOT NULL
GROUP BY first_of.receivable_id
HAVING count(copied.receivable_id) <> 1
