-- I6: what a pool owes for an agreed day is what the provider's account of that pool received on it.
-- SPDX-License-Identifier: Apache-2.0
-- Settlements concern nobody in particular: they are looked at with the person of key 0, who does not exist, and
-- all in one statement.
-- 00:05 of the next day, from which a day can be settled, is the auditor's own rule; days are those of Asia/Shanghai.
WITH day AS (
    SELECT settlement.*, state = 'agreed' AS is_agreed,
           max(attempt) OVER of_day AS last_attempt, count(*) OVER of_day AS attempts,
           count(*) FILTER (WHERE state = 'agreed') OVER of_day AS agreed_times
    FROM settlement
    WHERE 0 BETWEEN $1::bigint AND $2::bigint
    WINDOW of_day AS (PARTITION BY provider_id, business_date)
), paid AS ( -- each entry with its charge or refund, of which it may be one payer's part
    SELECT split_part(entry.system_account, ':', 3) AS provider, split_part(entry.system_account, ':', 2) AS pool_code,
           entry.business_date, entry.kind, entry.direction, entry.amount_fen,
           coalesce(share.charge_id, part.refund_id, entry.operation_id) AS object_id
    FROM ledger_entry AS entry
    LEFT JOIN charge_share AS share ON entry.kind = 'charge' AND share.share_id = entry.operation_id
    LEFT JOIN charge_share_refund AS part ON entry.kind = 'charge_refund' AND part.share_refund_id = entry.operation_id
    WHERE 0 BETWEEN $1::bigint AND $2::bigint AND entry.system_account LIKE 'provider_payable:%'
      AND EXISTS (SELECT FROM day)
), moved AS (
    SELECT provider, pool_code, business_date,
           count(DISTINCT object_id) FILTER (WHERE kind = 'charge') AS charges_count,
           coalesce(sum(amount_fen) FILTER (WHERE direction = 'debit'), 0) AS charges_fen,
           count(DISTINCT object_id) FILTER (WHERE kind = 'charge_refund') AS refunds_count,
           coalesce(sum(amount_fen) FILTER (WHERE direction = 'credit'), 0) AS refunds_fen
    FROM paid
    GROUP BY provider, pool_code, business_date
), counted AS (
    SELECT provider, business_date, count(DISTINCT object_id) FILTER (WHERE kind = 'charge') AS charges_count,
           count(DISTINCT object_id) FILTER (WHERE kind = 'charge_refund') AS refunds_count
    FROM paid
    GROUP BY provider, business_date
), owed AS (
    SELECT part.settlement_id, part.settlement_id || '/' || part.pool_code AS row_key, part.pool_code,
           part.charges_count, part.charges_fen, part.refunds_count, part.refunds_fen,
           day.provider_id::text AS provider, day.business_date,
           day.is_agreed
    FROM settlement_pool AS part
    LEFT JOIN day USING (settlement_id)
    WHERE 0 BETWEEN $1::bigint AND $2::bigint
), posted AS (
    SELECT day.settlement_id, moved.*
    FROM day
    JOIN moved ON moved.provider = day.provider_id::text AND moved.business_date = day.business_date
    WHERE day.is_agreed
), totals AS (
    SELECT settlement_id, sum(charges_count) AS charges_count, sum(charges_fen) AS charges_fen,
           sum(refunds_count) AS refunds_count, sum(refunds_fen) AS refunds_fen,
           max(charges_count) AS least_charges, max(refunds_count) AS least_refunds
    FROM owed
    GROUP BY settlement_id
), difference AS (
    SELECT settlement_id, count(*) FILTER (WHERE kind = 'missing_here') AS missing_here,
           count(*) FILTER (WHERE kind = 'missing_there') AS missing_there,
           count(*) FILTER (WHERE kind = 'amount_differs') AS amount_differs,
           count(*) FILTER (WHERE kind = 'listed_twice') AS listed_twice
    FROM settlement_difference
    WHERE 0 BETWEEN $1::bigint AND $2::bigint
    GROUP BY settlement_id
), event AS (
    SELECT object_id, count(*) AS events, min(actor_id::text) AS actor, min(detail ->> 'state') AS state
    FROM audit_event
    WHERE 0 BETWEEN $1::bigint AND $2::bigint AND action IN ('create_settlement', 'create_settlement_from_file')
      AND detail -> 'refused' IS NULL
    GROUP BY object_id
)
SELECT 'settlement_pool', coalesce(owed.row_key, posted.settlement_id || '/' || posted.pool_code), fault.column_name,
       fault.expected, fault.found
FROM (SELECT * FROM owed WHERE is_agreed) AS owed
FULL JOIN posted ON posted.settlement_id = owed.settlement_id AND posted.pool_code = owed.pool_code
CROSS JOIN LATERAL (
    SELECT 'pool_code', 'one that owes ' || posted.charges_fen - posted.refunds_fen || ' fen', 'none'
    WHERE owed.row_key IS NULL
    UNION ALL
    SELECT 'charges_fen', coalesce(posted.charges_fen, 0)::text, owed.charges_fen::text
    WHERE owed.charges_fen <> coalesce(posted.charges_fen, 0)
    UNION ALL
    SELECT 'refunds_fen', coalesce(posted.refunds_fen, 0)::text, owed.refunds_fen::text
    WHERE owed.refunds_fen <> coalesce(posted.refunds_fen, 0)
    UNION ALL
    SELECT 'charges_count', coalesce(posted.charges_count, 0)::text, owed.charges_count::text
    WHERE owed.charges_count <> coalesce(posted.charges_count, 0)
    UNION ALL
    SELECT 'refunds_count', coalesce(posted.refunds_count, 0)::text, owed.refunds_count::text
    WHERE owed.refunds_count <> coalesce(posted.refunds_count, 0)
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'settlement_pool', owed.row_key, 'settlement_id', 'a settlement', 'none' FROM owed WHERE owed.is_agreed IS NULL
UNION ALL
SELECT 'settlement', day.settlement_id::text, fault.column_name, fault.expected, fault.found
FROM day
LEFT JOIN totals USING (settlement_id)
LEFT JOIN counted ON counted.provider = day.provider_id::text AND counted.business_date = day.business_date
LEFT JOIN difference USING (settlement_id)
LEFT JOIN event ON event.object_id = day.settlement_id
CROSS JOIN LATERAL (
    SELECT 'provider_id', 'a provider', 'none'
    WHERE NOT EXISTS (SELECT FROM provider WHERE provider.provider_id = day.provider_id)
    UNION ALL
    SELECT 'business_date', 'a day that is over', day.business_date::text
    WHERE day.created_at < (day.business_date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' + interval '5 minutes'
    UNION ALL
    SELECT 'attempt', 'the last of ' || day.attempts, day.attempt::text
    WHERE day.last_attempt <> day.attempts OR (day.is_agreed AND day.attempt <> day.last_attempt)
    UNION ALL
    SELECT 'state', 'agreed once', day.agreed_times || ' times' WHERE day.agreed_times > 1
    UNION ALL
    SELECT 'our_charges_fen', coalesce(totals.charges_fen, 0)::text, day.our_charges_fen::text
    WHERE day.our_charges_fen <> coalesce(totals.charges_fen, 0)
    UNION ALL
    SELECT 'our_refunds_fen', coalesce(totals.refunds_fen, 0)::text, day.our_refunds_fen::text
    WHERE day.our_refunds_fen <> coalesce(totals.refunds_fen, 0)
    UNION ALL
    SELECT 'our_charges_count', concat_ws(' to ', coalesce(totals.least_charges, 0), coalesce(totals.charges_count, 0)),
           day.our_charges_count::text
    WHERE day.our_charges_count NOT BETWEEN coalesce(totals.least_charges, 0) AND coalesce(totals.charges_count, 0)
    UNION ALL
    SELECT 'our_charges_count', coalesce(counted.charges_count, 0)::text, day.our_charges_count::text
    WHERE day.is_agreed AND day.our_charges_count <> coalesce(counted.charges_count, 0)
    UNION ALL
    SELECT 'our_refunds_count', concat_ws(' to ', coalesce(totals.least_refunds, 0), coalesce(totals.refunds_count, 0)),
           day.our_refunds_count::text
    WHERE day.our_refunds_count NOT BETWEEN coalesce(totals.least_refunds, 0) AND coalesce(totals.refunds_count, 0)
    UNION ALL
    SELECT 'our_refunds_count', coalesce(counted.refunds_count, 0)::text, day.our_refunds_count::text
    WHERE day.is_agreed AND day.our_refunds_count <> coalesce(counted.refunds_count, 0)
    UNION ALL
    SELECT 'state', 'differs', 'agreed'
    WHERE day.is_agreed
      AND NOT (day.missing_here_count + day.missing_there_count + day.amount_differs_count + day.listed_twice_count = 0
               AND (day.stated_charges_count, day.stated_charges_fen, day.stated_refunds_count, day.stated_refunds_fen)
                   = (day.our_charges_count, day.our_charges_fen, day.our_refunds_count, day.our_refunds_fen)
               AND (day.listed_charges_count, day.listed_charges_fen, day.listed_refunds_count, day.listed_refunds_fen)
                   = (day.our_charges_count, day.our_charges_fen, day.our_refunds_count, day.our_refunds_fen))
    UNION ALL
    SELECT 'matched_count',
           (day.our_charges_count + day.our_refunds_count - day.missing_there_count - day.amount_differs_count)::text,
           day.matched_count::text
    WHERE day.matched_count
          <> day.our_charges_count + day.our_refunds_count - day.missing_there_count - day.amount_differs_count
    UNION ALL
    SELECT 'missing_here_count', 'as many as there are differences',
           concat_ws(' ', day.missing_here_count, day.missing_there_count, day.amount_differs_count,
                     day.listed_twice_count)
    WHERE (day.missing_here_count, day.missing_there_count, day.amount_differs_count, day.listed_twice_count)
          <> (coalesce(difference.missing_here, 0), coalesce(difference.missing_there, 0),
              coalesce(difference.amount_differs, 0), coalesce(difference.listed_twice, 0))
      AND day.attempt = day.last_attempt
    UNION ALL
    SELECT 'settlement_id', '1 audit event of its provider, that it ' || day.state,
           coalesce(event.events || ' of ' || event.actor || ', ' || event.state, 'none')
    WHERE (event.events, event.actor, event.state) IS DISTINCT FROM (1::bigint, day.provider_id::text, day.state)
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'idempotency_key', concat_ws('/', stored.principal_id, stored.operation, stored.key), fault.column_name,
       fault.expected, fault.found
FROM (SELECT principal_id, operation, key, status, object_id, count(*) OVER (PARTITION BY object_id) AS keys
      FROM idempotency_key
      WHERE 0 BETWEEN $1::bigint AND $2::bigint
        AND operation IN ('create_settlement', 'create_settlement_from_file')) AS stored
LEFT JOIN day ON day.settlement_id = stored.object_id
CROSS JOIN LATERAL (
    SELECT 'object_id', CASE stored.status WHEN 'created' THEN 'a settlement' ELSE 'null: it was refused' END,
           coalesce(stored.object_id::text, 'null')
    WHERE (stored.object_id IS NOT NULL) <> (stored.status = 'created')
       OR (stored.object_id IS NOT NULL AND day.settlement_id IS NULL)
    UNION ALL
    SELECT 'object_id', 'what no other key names', stored.keys || ' keys'
    WHERE stored.object_id IS NOT NULL AND stored.keys > 1
    UNION ALL
    SELECT 'principal_id', day.provider_id::text, stored.principal_id::text WHERE stored.principal_id <> day.provider_id
) AS fault (column_name, expected, found)
