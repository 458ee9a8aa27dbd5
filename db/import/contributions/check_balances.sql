-- Holds back the rows that would take an account below zero or above its limit, as far as can be known before posting.
-- SPDX-License-Identifier: Apache-2.0
-- Credits are posted before refunds, so the end decides. Only accounts with refunds or very much money are looked at.
-- Refunds of an earlier account year may come from the current-year part, where only that has enough (post_2_record).
UPDATE import_checked AS checked
SET is_ready = false, refusal = bad.refusal
FROM (
    SELECT moved.account_id, moved.person_key,
           CASE WHEN account.current_year_fen + moved.current_year_fen < 0
                     OR (account.carried_over_fen + moved.carried_over_fen < 0
                         AND account.current_year_fen + moved.current_year_fen < moved.refunded_fen)
                     OR account.current_year_fen + account.carried_over_fen + moved.current_year_fen
                        + moved.carried_over_fen < account.held_fen THEN 'insufficient_balance'
                WHEN account.current_year_fen + account.carried_over_fen + moved.credited_fen > 9007199254740991
                THEN 'balance_overflow' END AS refusal
    FROM (
        SELECT person_key, account_id,
               sum(CASE kind WHEN 'refund' THEN -personal_fen ELSE personal_fen END * (part = 'current_year')::int)
                   AS current_year_fen,
               sum(CASE kind WHEN 'refund' THEN -personal_fen ELSE personal_fen END * (part = 'carried_over')::int)
                   AS carried_over_fen,
               sum(CASE WHEN kind = 'refund' AND part = 'carried_over' THEN personal_fen ELSE 0 END) AS refunded_fen,
               sum(CASE WHEN kind = 'refund' THEN 0 ELSE personal_fen END) AS credited_fen
        FROM import_checked
        WHERE is_ready AND is_posting
        GROUP BY person_key, account_id
        HAVING bool_or(kind = 'refund') OR bool_or(is_rich) OR sum(personal_fen) > 4503599627370496
    ) AS moved
    JOIN account ON account.person_key = moved.person_key AND account.account_id = moved.account_id
) AS bad
WHERE bad.refusal IS NOT NULL AND checked.person_key = bad.person_key AND checked.account_id = bad.account_id
  AND checked.is_ready AND checked.is_posting AND (checked.kind = 'refund') = (bad.refusal = 'insufficient_balance')
