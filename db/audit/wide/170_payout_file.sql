-- I8: each payout file is the sum of its lines, numbered from 1, and settled when all were answered.
-- SPDX-License-Identifier: Apache-2.0
-- Files concern nobody in particular: they are looked at with the person of key 0, who does not exist, and all in one
-- statement. That what is payable of a pool is what its withdrawals say follows from checks/172, which holds each of
-- them against its entries and each entry against them. The hash of a file is sealed:
-- the server holds it against the content whenever that is fetched.
WITH line AS (
    SELECT payout_file_id, count(*) AS lines, sum(amount_fen) AS amount_fen, max(line_number) AS last_number,
           count(DISTINCT line_number) AS numbers, count(*) FILTER (WHERE outcome IS NULL) AS open_lines,
           max(answered_at) AS answered_at
    FROM payout_line
    WHERE 0 BETWEEN $1::bigint AND $2::bigint
    GROUP BY payout_file_id
), instructed AS (
    SELECT payout_line.payout_file_id, max(step.at) FILTER (WHERE step.at <= file.created_at) AS at
    FROM payout_line
    JOIN payout_file AS file USING (payout_file_id)
    JOIN state_change AS step ON step.person_key = payout_line.person_key AND step.object_id = payout_line.withdrawal_id
                             AND step.event = 'instruct'
    WHERE 0 BETWEEN $1::bigint AND $2::bigint
    GROUP BY payout_line.payout_file_id
), made AS (
    SELECT object_id, min(actor_id::text) AS actor, count(*) AS events
    FROM audit_event
    WHERE 0 BETWEEN $1::bigint AND $2::bigint AND action = 'create_payout_file' AND detail -> 'refused' IS NULL
    GROUP BY object_id
)
SELECT 'payout_file', file.payout_file_id::text, fault.column_name, fault.expected, fault.found
FROM payout_file AS file
LEFT JOIN line ON line.payout_file_id = file.payout_file_id
LEFT JOIN instructed ON instructed.payout_file_id = file.payout_file_id
LEFT JOIN made ON made.object_id = file.payout_file_id
LEFT JOIN pool ON pool.pool_code = file.pool_code
CROSS JOIN LATERAL (
    SELECT 'lines_count', coalesce(line.lines, 0)::text, file.lines_count::text
    WHERE file.lines_count <> coalesce(line.lines, 0)
    UNION ALL
    SELECT 'amount_fen', coalesce(line.amount_fen, 0)::text, file.amount_fen::text
    WHERE file.amount_fen <> coalesce(line.amount_fen, 0)
    UNION ALL
    SELECT 'created_at', coalesce(instructed.at::text, 'an instruction'), file.created_at::text
    WHERE instructed.at IS DISTINCT FROM file.created_at
    UNION ALL
    SELECT 'settled_at', CASE line.open_lines WHEN 0 THEN line.answered_at::text ELSE 'null: lines have no answer' END,
           coalesce(file.settled_at::text, 'null')
    WHERE file.settled_at IS DISTINCT FROM CASE line.open_lines WHEN 0 THEN line.answered_at END
    UNION ALL
    SELECT 'pool_code', 'a pool', file.pool_code WHERE pool.pool_code IS NULL
    UNION ALL
    SELECT 'created_by', coalesce(made.actor, 'an audit event'), file.created_by::text
    WHERE made.actor IS DISTINCT FROM file.created_by::text OR made.events <> 1
) AS fault (column_name, expected, found)
WHERE 0 BETWEEN $1::bigint AND $2::bigint
UNION ALL
SELECT 'payout_line', line.payout_file_id::text, 'line_number', 'from 1 to ' || line.lines,
       line.numbers || ' numbers up to ' || line.last_number
FROM line
WHERE line.numbers <> line.lines OR line.last_number <> line.lines
