-- I1: each reversed contribution has one reversal that takes its own entry back,
-- each reversal its reversed contribution.
-- SPDX-License-Identifier: Apache-2.0
-- A reversal is the entries contribution_reversal of one operation: of one account, no part twice, together as much as
-- the entry they are linked to, the other way. That entry stands before them in the same account; or, where the
-- contribution is a copy that a merge made, in the account of that pool of the person it was copied from (each id ends
-- with its person's key). A family is a person and all whose records were merged into it:
-- in it a record is reversed once, and for everybody after.
WITH family (person_key, current_key) AS (
    SELECT person_key, current_person_key FROM person_alias
    UNION
    SELECT current_person_key, current_person_key FROM person_alias
), reversal AS (
    SELECT person_key, account_id, operation_id, linked_entry_id, min(seq) AS seq, sum(amount_fen) AS amount_fen,
           count(DISTINCT part) = count(*) AND count(DISTINCT direction) = 1 AS is_tidy, min(direction) AS direction,
           ('x' || right(linked_entry_id::text, 12))::bit(48)::bigint
           + (('x' || substr(linked_entry_id::text, 20, 4))::bit(16)::bigint & 16383) * 281474976710656 AS given_key
    FROM ledger_entry
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND kind = 'contribution_reversal'
    GROUP BY person_key, account_id, operation_id, linked_entry_id
), undone AS (
    SELECT reversal.person_key, reversal.account_id, reversal.seq, given.operation_id AS given_operation_id,
           given.kind IN ('contribution', 'contribution_refund') AND reversal.is_tidy
               AND reversal.amount_fen = given.amount_fen AND reversal.direction <> given.direction
               AND given_account.pool_code = account.pool_code
               AND CASE WHEN given.person_key = reversal.person_key
                        THEN given.account_id = reversal.account_id AND given.seq < reversal.seq
                        ELSE true END AS fits
    FROM reversal
    LEFT JOIN account ON account.person_key = reversal.person_key AND account.account_id = reversal.account_id
    LEFT JOIN ledger_entry AS given ON given.person_key = reversal.given_key
                                   AND given.entry_id = reversal.linked_entry_id
    LEFT JOIN account AS given_account ON given_account.person_key = given.person_key
                                      AND given_account.account_id = given.account_id
), reversed AS (
    SELECT contribution.person_key, contribution.contribution_id, contribution.operation_id,
           coalesce(family.current_key, contribution.person_key) AS current_key
    FROM contribution
    LEFT JOIN family USING (person_key)
    WHERE contribution.person_key BETWEEN $1::bigint AND $2::bigint AND contribution.status = 'reversed'
), counted AS (
    SELECT reversed.contribution_id, count(DISTINCT back.operation_id) AS reversals
    FROM reversed
    LEFT JOIN family ON family.current_key = reversed.current_key
    LEFT JOIN ledger_entry AS given ON given.person_key = coalesce(family.person_key, reversed.person_key)
          AND given.operation_id = reversed.operation_id AND given.kind IN ('contribution', 'contribution_refund')
    LEFT JOIN family AS taker ON taker.current_key = reversed.current_key
    LEFT JOIN ledger_entry AS back ON back.person_key = coalesce(taker.person_key, reversed.person_key)
          AND back.kind = 'contribution_reversal' AND back.linked_entry_id = given.entry_id
    GROUP BY reversed.contribution_id
)
SELECT 'ledger_entry', undone.account_id || '/' || undone.seq,
       'linked_entry_id', 'the entry of a reversed contribution',
       CASE WHEN undone.fits THEN 'one that is not' ELSE 'none that fits' END
FROM undone
LEFT JOIN family USING (person_key)
WHERE undone.fits IS NOT TRUE
   OR NOT EXISTS (SELECT FROM contribution
                  WHERE contribution.person_key = undone.person_key AND contribution.status = 'reversed'
                    AND contribution.operation_id = undone.given_operation_id)
   OR EXISTS (SELECT FROM contribution
              WHERE contribution.person_key = family.current_key AND contribution.status <> 'reversed'
                AND contribution.operation_id = undone.given_operation_id)
UNION ALL
SELECT 'contribution', contribution_id::text, 'status', '1 reversal', reversals::text
FROM counted
WHERE reversals <> 1
