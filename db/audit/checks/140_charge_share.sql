-- I1: what each other payer of a charge paid is what its entries say, and fits the charge and what allows it to pay.
-- SPDX-License-Identifier: Apache-2.0
-- The operation of the entries is the share. Relatives pay by a family member of theirs,
-- wallets are accounts of pool 000000.
WITH share AS (
    SELECT charge_share.*, account.pool_code AS account_pool_code, charge.charge_id AS known_charge_id,
           charge.provider_id AS charge_provider_id, charge.usage AS charge_usage, charge.charge_no,
           charge.business_date AS charge_date, charge.expires_at AS charge_expires_at, charge.state AS charge_state,
           charge.captured_on AS charge_captured_on, member.account_id AS member_account_id,
           member.member_person_key AS member_key,
           ('x' || right(replace(charge_share.share_id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903
               AS id_key
    FROM charge_share
    LEFT JOIN account ON account.person_key = charge_share.person_key AND account.account_id = charge_share.account_id
    LEFT JOIN charge ON charge.person_key = charge_share.charge_person_key AND charge.charge_id = charge_share.charge_id
    LEFT JOIN family_member AS member ON member.person_key = charge_share.person_key
                                     AND member.family_member_id = charge_share.family_member_id
    WHERE charge_share.person_key BETWEEN $1::bigint AND $2::bigint
), entry AS (
    SELECT person_key, account_id, seq, operation_id, entry_id, part, amount_fen, posted_at, business_date, reference,
           split_part(system_account, ':', 2) AS pool_code, split_part(system_account, ':', 3) AS counterparty,
           count(*) OVER (PARTITION BY person_key, operation_id, part) AS entries
    FROM ledger_entry
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND kind = 'charge'
), paired AS (
    SELECT share.*, paid.part, paid.amount_fen AS part_fen, paid.part_entry_id, entry.seq, entry.entry_id,
           entry.entries, entry.amount_fen AS entry_fen, entry.account_id AS entry_account_id,
           entry.pool_code AS entry_pool_code, entry.counterparty, entry.reference, entry.business_date AS entry_date,
           entry.posted_at
    FROM share
    CROSS JOIN LATERAL (VALUES ('current_year', current_year_fen, current_year_entry_id),
                               ('carried_over', carried_over_fen, carried_over_entry_id))
        AS paid (part, amount_fen, part_entry_id)
    LEFT JOIN entry ON entry.person_key = share.person_key AND entry.operation_id = share.share_id
                   AND entry.part = paid.part
)
SELECT 'charge_share', share_id::text, fault.column_name, fault.expected, fault.found
FROM share
CROSS JOIN LATERAL (
    SELECT 'share_id', 'an id of person ' || person_key, 'one of ' || id_key WHERE id_key <> person_key
    UNION ALL
    SELECT 'charge_id', 'a charge of person ' || charge_person_key, 'none' WHERE known_charge_id IS NULL
    UNION ALL
    SELECT 'account_id', 'an account', 'none' WHERE account_pool_code IS NULL
    UNION ALL
    SELECT 'pool_code', account_pool_code, pool_code WHERE pool_code <> account_pool_code
    UNION ALL
    SELECT 'provider_id', charge_provider_id::text, provider_id::text WHERE provider_id <> charge_provider_id
    UNION ALL
    SELECT 'usage', charge_usage, usage WHERE usage <> charge_usage
    UNION ALL
    SELECT 'business_date', charge_date::text, business_date::text WHERE business_date <> charge_date
    UNION ALL
    SELECT 'expires_at', coalesce(charge_expires_at::text, 'null'), coalesce(expires_at::text, 'null')
    WHERE expires_at IS DISTINCT FROM charge_expires_at AND known_charge_id IS NOT NULL
    UNION ALL
    SELECT 'state', CASE WHEN charge_state = 'captured' AND captured_fen = 0 THEN 'voided' ELSE charge_state END, state
    WHERE state <> CASE WHEN charge_state = 'captured' AND captured_fen = 0 THEN 'voided' ELSE charge_state END
    UNION ALL
    SELECT 'captured_on', coalesce(charge_captured_on::text, 'null'), coalesce(captured_on::text, 'null')
    WHERE captured_on IS DISTINCT FROM CASE WHEN state = 'captured' THEN charge_captured_on END
    UNION ALL
    SELECT 'captured_fen', (current_year_fen + carried_over_fen)::text, captured_fen::text
    WHERE captured_fen <> current_year_fen + carried_over_fen
    UNION ALL
    SELECT 'captured_fen', CASE WHEN expires_at IS NULL THEN '' ELSE 'at most ' END || amount_fen, captured_fen::text
    WHERE captured_fen > amount_fen OR (expires_at IS NULL AND captured_fen <> amount_fen)
    UNION ALL
    SELECT 'payer_kind', CASE WHEN person_key <> charge_person_key THEN 'family' WHEN account_pool_code = '000000'
                              THEN 'wallet' ELSE 'own' END, payer_kind
    WHERE payer_kind <> CASE WHEN person_key <> charge_person_key THEN 'family' WHEN account_pool_code = '000000'
                             THEN 'wallet' ELSE 'own' END
    UNION ALL
    SELECT 'family_member_id', 'what shares the account with the person charged for',
           coalesce(family_member_id::text, 'null')
    WHERE person_key <> charge_person_key
      AND (member_account_id, member_key) IS DISTINCT FROM (account_id, charge_person_key)
    UNION ALL
    SELECT 'refunded_fen', 'at most ' || captured_fen, refunded_fen::text WHERE refunded_fen > captured_fen
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'charge_share', share_id::text, fault.column_name, fault.expected, fault.found
FROM paired
CROSS JOIN LATERAL (
    SELECT part || '_fen', coalesce(entry_fen::text, 'no ledger entry'), part_fen::text
    WHERE part_fen <> coalesce(entry_fen, 0)
    UNION ALL
    SELECT part || '_entry_id', coalesce(entry_id::text, 'null'), coalesce(part_entry_id::text, 'null')
    WHERE part_entry_id IS DISTINCT FROM entry_id
    UNION ALL
    SELECT 'share_id', '1 ledger entry of ' || part, entries::text WHERE entries > 1
    UNION ALL
    SELECT 'account_id', entry_account_id::text, account_id::text WHERE account_id <> entry_account_id
    UNION ALL
    SELECT 'provider_id', counterparty, provider_id::text WHERE provider_id::text <> counterparty
    UNION ALL
    SELECT 'pool_code', entry_pool_code, pool_code WHERE pool_code <> entry_pool_code
    UNION ALL
    SELECT 'charge_id', 'the charge with number ' || reference, 'the one with ' || charge_no
    WHERE charge_no <> reference
    UNION ALL
    SELECT 'captured_on', entry_date::text, coalesce(captured_on::text, 'null')
    WHERE captured_on IS DISTINCT FROM entry_date AND seq > 0
    UNION ALL
    SELECT 'created_at', posted_at::text, created_at::text WHERE expires_at IS NULL AND created_at <> posted_at
    UNION ALL
    SELECT 'changed_at', 'not before ' || posted_at, changed_at::text WHERE changed_at < posted_at
) AS fault (column_name, expected, found)
