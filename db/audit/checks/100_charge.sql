-- I1: each charge is what its entries say, of an account and at a provider that exist; each entry has its charge.
-- SPDX-License-Identifier: Apache-2.0
-- The operation of the entries is the charge; where others pay too, those are what its own account paid.
-- The list of usages is the auditor's own.
WITH charged AS (
    SELECT charge.*, account.pool_code AS account_pool_code, provider.provider_id AS known_provider_id,
           client.kind AS client_kind,
           ('x' || right(replace(charge.charge_id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903 AS id_key
    FROM charge
    LEFT JOIN account ON account.person_key = charge.person_key AND account.account_id = charge.account_id
    LEFT JOIN provider ON provider.provider_id = charge.provider_id
    LEFT JOIN client ON client.client_id = charge.provider_id
    WHERE charge.person_key BETWEEN $1::bigint AND $2::bigint
), entry AS (
    SELECT person_key, account_id, seq, operation_id, entry_id, part, amount_fen, posted_at, business_date, reference,
           split_part(system_account, ':', 2) AS pool_code, split_part(system_account, ':', 3) AS counterparty,
           count(*) OVER (PARTITION BY person_key, operation_id, part) AS entries
    FROM ledger_entry
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND kind = 'charge'
), paired AS (
    SELECT charged.*, paid.part, paid.amount_fen AS part_fen, paid.part_entry_id, entry.seq, entry.entry_id,
           entry.entries, entry.amount_fen AS entry_fen, entry.account_id AS entry_account_id,
           entry.pool_code AS entry_pool_code, entry.counterparty, entry.reference, entry.business_date AS entry_date,
           entry.posted_at
    FROM charged
    CROSS JOIN LATERAL (VALUES ('current_year', current_year_fen, current_year_entry_id),
                               ('carried_over', carried_over_fen, carried_over_entry_id))
        AS paid (part, amount_fen, part_entry_id)
    LEFT JOIN entry ON entry.person_key = charged.person_key AND entry.operation_id = charged.charge_id
                   AND entry.part = paid.part
)
SELECT 'charge', charge_id::text, fault.column_name, fault.expected, fault.found
FROM charged
CROSS JOIN LATERAL (
    SELECT 'charge_id', 'an id of person ' || person_key, 'one of ' || id_key WHERE id_key <> person_key
    UNION ALL
    SELECT 'account_id', 'an account', 'none'
    WHERE account_pool_code IS NULL AND (account_id IS NOT NULL OR shared_fen <> amount_fen)
    UNION ALL
    SELECT 'pool_code', account_pool_code, pool_code WHERE pool_code <> account_pool_code
    UNION ALL
    SELECT 'provider_id', 'a provider', coalesce('a client of kind ' || client_kind, 'none')
    WHERE known_provider_id IS NULL OR client_kind IS DISTINCT FROM 'provider'
    UNION ALL
    SELECT 'usage', 'medicine, device, consumable, treatment or premium', usage
    WHERE usage NOT IN ('medicine', 'device', 'consumable', 'treatment', 'premium')
    UNION ALL
    SELECT 'captured_fen', (current_year_fen + carried_over_fen + shared_captured_fen)::text, captured_fen::text
    WHERE captured_fen <> current_year_fen + carried_over_fen + shared_captured_fen
    UNION ALL
    SELECT 'captured_fen', CASE state WHEN 'captured' THEN 'from 1 to ' || amount_fen ELSE '0' END, captured_fen::text
    WHERE captured_fen NOT BETWEEN (state = 'captured')::int AND CASE state WHEN 'captured' THEN amount_fen ELSE 0 END
    UNION ALL
    SELECT 'amount_fen', captured_fen::text, amount_fen::text WHERE expires_at IS NULL AND amount_fen <> captured_fen
    UNION ALL
    SELECT 'captured_on', CASE state WHEN 'captured' THEN 'a day' ELSE 'null' END, coalesce(captured_on::text, 'null')
    WHERE (captured_on IS NOT NULL) <> (state = 'captured')
    UNION ALL
    SELECT 'business_date', captured_on::text, business_date::text
    WHERE expires_at IS NULL AND business_date <> captured_on
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'charge', charge_id::text, fault.column_name, fault.expected, fault.found
FROM paired
CROSS JOIN LATERAL (
    SELECT part || '_fen', coalesce(entry_fen::text, 'no ledger entry'), part_fen::text
    WHERE part_fen <> coalesce(entry_fen, 0)
    UNION ALL
    SELECT part || '_entry_id', coalesce(entry_id::text, 'null'), coalesce(part_entry_id::text, 'null')
    WHERE part_entry_id IS DISTINCT FROM entry_id
    UNION ALL
    SELECT 'charge_id', '1 ledger entry of ' || part, entries::text WHERE entries > 1
    UNION ALL
    SELECT 'account_id', entry_account_id::text, account_id::text WHERE account_id <> entry_account_id
    UNION ALL
    SELECT 'provider_id', counterparty, provider_id::text WHERE provider_id::text <> counterparty
    UNION ALL
    SELECT 'pool_code', entry_pool_code, pool_code WHERE pool_code <> entry_pool_code
    UNION ALL
    SELECT 'charge_no', reference, charge_no WHERE charge_no <> reference
    UNION ALL
    SELECT 'captured_on', entry_date::text, coalesce(captured_on::text, 'null')
    WHERE captured_on IS DISTINCT FROM entry_date AND seq > 0
    UNION ALL
    SELECT 'created_at', posted_at::text, created_at::text WHERE expires_at IS NULL AND created_at <> posted_at
    UNION ALL
    SELECT 'changed_at', 'not before ' || posted_at, changed_at::text WHERE changed_at < posted_at
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'ledger_entry', entry.account_id || '/' || entry.seq, 'operation_id', 'a charge', 'none'
FROM entry
WHERE NOT EXISTS (SELECT FROM charged
                  WHERE charged.person_key = entry.person_key AND charged.charge_id = entry.operation_id)
  AND NOT EXISTS (SELECT FROM charge_share AS share -- 140 says what of it
                  WHERE share.person_key = entry.person_key AND share.share_id = entry.operation_id)
