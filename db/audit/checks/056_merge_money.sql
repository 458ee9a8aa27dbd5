-- I1: what a merge takes from one account it gives to another: each merge_in is linked to its one merge_out,
-- and transit nets to zero.
-- SPDX-License-Identifier: Apache-2.0
-- Both have operation, part, amount and transit account in common; the money goes from an alias to somebody of the same
-- family: the person whom its records were merged into.
WITH moved AS (
    SELECT ledger_entry.*, ('x' || right(linked_entry_id::text, 12))::bit(48)::bigint
           + (('x' || substr(linked_entry_id::text, 20, 4))::bit(16)::bigint & 16383) * 281474976710656 AS giver_key
    FROM ledger_entry
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND kind IN ('merge_in', 'merge_out')
), family (person_key, current_key) AS (
    SELECT person_key, current_person_key FROM person_alias
    UNION
    SELECT current_person_key, current_person_key FROM person_alias
), transit AS (
    SELECT taken.operation_id, taken.system_account,
           sum(CASE given.direction WHEN 'credit' THEN given.amount_fen ELSE -given.amount_fen END) AS sum_fen
    FROM (SELECT DISTINCT moved.operation_id, moved.system_account, family.current_key
          FROM moved JOIN family USING (person_key)) AS taken
    JOIN family ON family.current_key = taken.current_key
    JOIN ledger_entry AS given ON given.person_key = family.person_key AND given.operation_id = taken.operation_id
                              AND given.system_account = taken.system_account
    GROUP BY taken.operation_id, taken.system_account, taken.current_key
)
SELECT 'ledger_entry', moved.account_id || '/' || moved.seq, 'linked_entry_id', 'the merge_out it answers',
       'none that fits'
FROM moved
WHERE moved.kind = 'merge_in'
  AND NOT EXISTS (SELECT FROM ledger_entry AS given
                  JOIN person_alias AS alias ON alias.person_key = given.person_key
                  LEFT JOIN person_alias AS mine ON mine.person_key = moved.person_key
                  WHERE given.person_key = moved.giver_key AND given.person_key <> moved.person_key
                    AND given.entry_id = moved.linked_entry_id AND given.kind = 'merge_out'
                    AND alias.current_person_key = coalesce(mine.current_person_key, moved.person_key)
                    AND (given.operation_id, given.part, given.amount_fen, given.system_account)
                        = (moved.operation_id, moved.part, moved.amount_fen, moved.system_account))
UNION ALL
SELECT 'ledger_entry', moved.account_id || '/' || moved.seq, 'entry_id', '1 merge_in that answers it',
       count(taken.seq)::text
FROM moved
LEFT JOIN family USING (person_key)
LEFT JOIN family AS other ON other.current_key = family.current_key
LEFT JOIN ledger_entry AS taken ON taken.person_key = other.person_key AND taken.kind = 'merge_in'
                               AND taken.linked_entry_id = moved.entry_id
WHERE moved.kind = 'merge_out'
GROUP BY moved.account_id, moved.seq
HAVING count(taken.seq) <> 1
UNION ALL
SELECT 'system_account', system_account, 'sum of ' || operation_id, '0', sum_fen::text
FROM transit
WHERE sum_fen <> 0
