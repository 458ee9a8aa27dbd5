-- I8: each line of a payout file is one withdrawal's instruction, with its amount, card and the bank's answer,
-- and the other way round.
-- SPDX-License-Identifier: Apache-2.0
-- A withdrawal is instructed once with each line; a line without an answer is that of a withdrawal that is instructed.
WITH step AS MATERIALIZED (
    SELECT person_key, object_id, event, reason_code, at
    FROM state_change
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND machine = 'withdrawal'
      AND event IN ('instruct', 'confirm', 'bounce')
), line AS MATERIALIZED (
    SELECT l.*, file.payout_file_id AS file_id, file.pool_code, file.created_at,
           count(*) OVER (PARTITION BY l.person_key, l.withdrawal_id) AS lines
    FROM payout_line AS l
    LEFT JOIN payout_file AS file ON file.payout_file_id = l.payout_file_id
    WHERE l.person_key BETWEEN $1::bigint AND $2::bigint
)
SELECT 'payout_line', line.payout_file_id || '/' || line.withdrawal_id, fault.column_name, fault.expected, fault.found
FROM line
LEFT JOIN withdrawal AS w ON w.person_key = line.person_key AND w.withdrawal_id = line.withdrawal_id
CROSS JOIN LATERAL (
    SELECT 'withdrawal_id', 'a withdrawal of the person', 'none' WHERE w.withdrawal_id IS NULL
    UNION ALL
    SELECT 'payout_file_id', 'a payout file', 'none' WHERE line.file_id IS NULL
    UNION ALL
    SELECT 'payout_file_id', 'one of pool ' || w.pool_code, line.pool_code WHERE line.pool_code <> w.pool_code
    UNION ALL
    SELECT 'amount_fen', w.amount_fen::text, line.amount_fen::text WHERE line.amount_fen <> w.amount_fen
    UNION ALL
    SELECT 'bank_card_sealed', 'that of the withdrawal', 'another one'
    WHERE w.payout_file_id = line.payout_file_id
      AND (w.state IN ('instructed', 'bounced', 'returned') OR (w.state = 'paid' AND w.paid_by = 'bank'))
      AND line.bank_card_sealed <> w.bank_card_sealed
    UNION ALL
    SELECT 'bank_card_of', w.bank_card_of, line.bank_card_of
    WHERE w.payout_file_id = line.payout_file_id
      AND (w.state IN ('instructed', 'bounced', 'returned') OR (w.state = 'paid' AND w.paid_by = 'bank'))
      AND line.bank_card_of <> w.bank_card_of
    UNION ALL
    SELECT 'outcome', 'an answer: the withdrawal is ' || w.state, 'null'
    WHERE line.outcome IS NULL AND (w.state <> 'instructed' OR w.payout_file_id <> line.payout_file_id)
    UNION ALL
    SELECT 'outcome', CASE WHEN w.state = 'paid' AND w.paid_by = 'bank'
                                AND w.payout_file_id = line.payout_file_id THEN 'paid'
                           ELSE 'bounced' END, line.outcome
    WHERE line.outcome <> CASE WHEN w.state = 'paid' AND w.paid_by = 'bank' AND w.payout_file_id = line.payout_file_id
                               THEN 'paid' ELSE 'bounced' END
    UNION ALL
    SELECT 'paid_on', coalesce(w.paid_on::text, 'null'), coalesce(line.paid_on::text, 'null')
    WHERE line.outcome = 'paid' AND line.paid_on IS DISTINCT FROM w.paid_on
    UNION ALL
    SELECT 'answered_at', 'that of the step', line.answered_at::text
    WHERE line.outcome IS NOT NULL
      AND NOT EXISTS (SELECT FROM step
                      WHERE step.person_key = line.person_key AND step.object_id = line.withdrawal_id
                        AND step.event = CASE line.outcome WHEN 'paid' THEN 'confirm' ELSE 'bounce' END
                        AND step.at = line.answered_at)
    UNION ALL
    SELECT 'bounce_code', 'that of the step', coalesce(line.bounce_code, 'null')
    WHERE line.outcome = 'bounced'
      AND NOT EXISTS (SELECT FROM step
                      WHERE step.person_key = line.person_key AND step.object_id = line.withdrawal_id
                        AND step.event = 'bounce' AND step.reason_code = line.bounce_code)
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'withdrawal', w.withdrawal_id::text, 'payout_file_id', count(step.at) || ' lines of payout files',
       coalesce(max(line.lines), 0)::text
FROM withdrawal AS w
LEFT JOIN step ON step.person_key = w.person_key AND step.object_id = w.withdrawal_id AND step.event = 'instruct'
LEFT JOIN (SELECT DISTINCT person_key, withdrawal_id, lines FROM line) AS line
       ON line.person_key = w.person_key AND line.withdrawal_id = w.withdrawal_id
WHERE w.person_key BETWEEN $1::bigint AND $2::bigint
GROUP BY w.withdrawal_id
HAVING count(step.at) <> coalesce(max(line.lines), 0)
