-- I1: each refund is what its entries say, gives back to who paid, and never more than that; each entry has its refund.
-- SPDX-License-Identifier: Apache-2.0
-- The operation of the entries is the refund. After a merge it goes to the current person, whose account of the same
-- pool receives it: a refund is looked at with the person of the charge, an entry with the person of the account. Its
-- two amounts are those of the charge that they give back; what the current-year part paid may have gone into the
-- carried-over part, so both may be of that part.
WITH refunded AS (
    SELECT charge_refund.*, charge.state AS charge_state, charge.provider_id AS charge_provider_id,
           charge.pool_code AS charge_pool_code, charge.account_id AS charge_account_id,
           charge.created_at AS charged_at,
           charge.current_year_entry_id AS charge_current_year_entry_id,
           charge.carried_over_entry_id AS charge_carried_over_entry_id,
           ('x' || right(replace(charge_refund.refund_id::text, '-', ''), 16))::bit(64)::bigint
           & 4611686018427387903 AS id_key
    FROM charge_refund
    LEFT JOIN charge ON charge.person_key = charge_refund.person_key AND charge.charge_id = charge_refund.charge_id
    WHERE charge_refund.person_key BETWEEN $1::bigint AND $2::bigint
), entry AS (
    SELECT found.*, split_part(found.system_account, ':', 2) AS pool_code,
           split_part(found.system_account, ':', 3) AS counterparty
    FROM (SELECT person_key, account_id, seq, operation_id, entry_id, part, amount_fen, posted_at, business_date,
                 reference, linked_entry_id, system_account
          FROM ledger_entry
          WHERE person_key BETWEEN $1::bigint AND $2::bigint AND kind = 'charge_refund'
          UNION ALL
          SELECT elsewhere.person_key, elsewhere.account_id, elsewhere.seq, elsewhere.operation_id,
                 elsewhere.entry_id, elsewhere.part, elsewhere.amount_fen, elsewhere.posted_at,
                 elsewhere.business_date, elsewhere.reference, elsewhere.linked_entry_id, elsewhere.system_account
          FROM refunded
          JOIN ledger_entry AS elsewhere ON elsewhere.person_key = refunded.account_person_key
                                        AND elsewhere.account_id = refunded.account_id
                                        AND elsewhere.operation_id = refunded.refund_id
                                        AND elsewhere.kind = 'charge_refund'
          WHERE refunded.account_person_key NOT BETWEEN $1::bigint AND $2::bigint) AS found
), paired AS (
    SELECT refunded.*, given.part, given.amount_fen AS part_fen, given.part_entry_id, given.into_part, given.link_id,
           entry.seq, entry.amount_fen AS entry_fen, entry.person_key AS entry_person_key,
           entry.account_id AS entry_account_id, entry.pool_code AS entry_pool_code, entry.counterparty,
           entry.reference, entry.business_date AS entry_date, entry.posted_at, entry.linked_entry_id,
           entry.part AS entry_part
    FROM refunded
    CROSS JOIN LATERAL (VALUES
        ('current_year', current_year_fen, current_year_entry_id, current_year_into, charge_current_year_entry_id),
        ('carried_over', carried_over_fen, carried_over_entry_id, 'carried_over', charge_carried_over_entry_id))
        AS given (part, amount_fen, part_entry_id, into_part, link_id)
    LEFT JOIN entry ON entry.operation_id = refunded.refund_id AND entry.entry_id = given.part_entry_id
), together AS (
    SELECT person_key, charge_id, sum(amount_fen) AS amount_fen, sum(current_year_fen) AS current_year_fen,
           sum(carried_over_fen) AS carried_over_fen, max(created_at) AS created_at
    FROM refunded
    GROUP BY person_key, charge_id
)
SELECT 'charge_refund', refund_id::text, fault.column_name, fault.expected, fault.found
FROM refunded
LEFT JOIN account ON account.person_key = refunded.account_person_key AND account.account_id = refunded.account_id
CROSS JOIN LATERAL (
    SELECT 'refund_id', 'an id of person ' || refunded.person_key, 'one of ' || id_key
    WHERE id_key <> refunded.person_key
    UNION ALL
    SELECT 'charge_id', 'a captured charge', coalesce(charge_state, 'none')
    WHERE charge_state IS DISTINCT FROM 'captured'
    UNION ALL
    SELECT 'provider_id', charge_provider_id::text, provider_id::text WHERE provider_id <> charge_provider_id
    UNION ALL
    SELECT 'pool_code', charge_pool_code, refunded.pool_code WHERE refunded.pool_code <> charge_pool_code
    UNION ALL
    SELECT 'account_id', 'an account of pool ' || refunded.pool_code, coalesce(account.pool_code, 'none')
    WHERE account.pool_code IS DISTINCT FROM refunded.pool_code AND refunded.account_id IS NOT NULL
    UNION ALL
    SELECT 'account_id', charge_account_id::text, 'null'
    WHERE refunded.account_id IS NULL AND charge_account_id IS NOT NULL
    UNION ALL
    SELECT 'account_id', charge_account_id::text, refunded.account_id::text
    WHERE account_person_key = refunded.person_key AND refunded.account_id <> charge_account_id
    UNION ALL
    SELECT 'account_person_key', 'a person of whom the charge''s is a merged record', account_person_key::text
    WHERE account_person_key <> refunded.person_key
      AND NOT EXISTS (SELECT FROM person_alias AS alias
                      LEFT JOIN person_alias AS own ON own.person_key = refunded.account_person_key
                      WHERE alias.person_key = refunded.person_key
                        AND alias.current_person_key = coalesce(own.current_person_key, refunded.account_person_key))
    UNION ALL
    SELECT 'created_at', 'not before ' || charged_at, created_at::text WHERE created_at < charged_at
    UNION ALL
    SELECT 'amount_fen', (refunded.current_year_fen + refunded.carried_over_fen + refunded.shared_fen)::text,
           amount_fen::text
    WHERE amount_fen <> refunded.current_year_fen + refunded.carried_over_fen + refunded.shared_fen
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'charge_refund', refund_id::text, fault.column_name, fault.expected, fault.found
FROM paired
CROSS JOIN LATERAL (
    SELECT part || '_fen', coalesce(entry_fen::text, 'no ledger entry'), part_fen::text
    WHERE part_fen <> coalesce(entry_fen, 0)
    UNION ALL
    SELECT part || '_entry_id', 'a ledger entry of this refund', part_entry_id::text
    WHERE part_entry_id IS NOT NULL AND seq IS NULL
    UNION ALL
    SELECT 'current_year_into', entry_part, into_part WHERE part = 'current_year' AND into_part <> entry_part
    UNION ALL
    SELECT 'account_person_key', entry_person_key::text, account_person_key::text
    WHERE account_person_key <> entry_person_key
    UNION ALL
    SELECT 'account_id', entry_account_id::text, account_id::text WHERE account_id <> entry_account_id
    UNION ALL
    SELECT 'provider_id', counterparty, provider_id::text WHERE provider_id::text <> counterparty
    UNION ALL
    SELECT 'pool_code', entry_pool_code, pool_code WHERE pool_code <> entry_pool_code
    UNION ALL
    SELECT 'refund_no', reference, refund_no WHERE refund_no <> reference
    UNION ALL
    SELECT 'business_date', entry_date::text, business_date::text WHERE business_date <> entry_date
    UNION ALL
    SELECT 'created_at', posted_at::text, created_at::text WHERE created_at <> posted_at
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'ledger_entry', entry_account_id || '/' || seq, 'linked_entry_id',
       'the entry of charge ' || charge_id || ' that it gives back',
       coalesce(linked_entry_id::text, 'null')
FROM paired
WHERE seq IS NOT NULL AND linked_entry_id IS DISTINCT FROM link_id
UNION ALL
SELECT 'ledger_entry', entry_account_id || '/' || seq, 'part', 'carried_over', entry_part
FROM paired
WHERE part = 'carried_over' AND entry_part <> 'carried_over'
UNION ALL
SELECT 'charge', charge.charge_id::text, fault.column_name, fault.expected, fault.found
FROM charge
LEFT JOIN together USING (person_key, charge_id)
CROSS JOIN LATERAL (
    SELECT 'refunded_fen', coalesce(together.amount_fen, 0)::text, charge.refunded_fen::text
    WHERE charge.refunded_fen <> coalesce(together.amount_fen, 0)
    UNION ALL
    SELECT 'refunded_fen', 'at most ' || charge.captured_fen, together.amount_fen::text
    WHERE together.amount_fen > charge.captured_fen
    UNION ALL
    SELECT 'current_year_fen', 'at least the ' || together.current_year_fen || ' given back',
           charge.current_year_fen::text
    WHERE together.current_year_fen > charge.current_year_fen
    UNION ALL
    SELECT 'carried_over_fen', 'at least the ' || together.carried_over_fen || ' given back',
           charge.carried_over_fen::text
    WHERE together.carried_over_fen > charge.carried_over_fen
    UNION ALL
    SELECT 'changed_at', 'not before ' || together.created_at, charge.changed_at::text
    WHERE charge.changed_at < together.created_at
) AS fault (column_name, expected, found)
WHERE charge.person_key BETWEEN $1::bigint AND $2::bigint
UNION ALL
SELECT 'ledger_entry', entry.account_id || '/' || entry.seq, 'entry_id', 'one that its refund names', 'none'
FROM entry
WHERE entry.person_key BETWEEN $1::bigint AND $2::bigint
  AND NOT EXISTS (SELECT FROM charge_refund AS refund
                  WHERE refund.person_key
                        = ('x' || right(replace(entry.operation_id::text, '-', ''), 16))::bit(64)::bigint
                          & 4611686018427387903
                    AND refund.refund_id = entry.operation_id
                    AND entry.entry_id IN (refund.current_year_entry_id, refund.carried_over_entry_id)
                    AND refund.account_person_key = entry.person_key AND refund.account_id = entry.account_id)
  AND NOT EXISTS (SELECT FROM charge_share_refund AS part -- 144 says what of it
                  WHERE part.person_key
                        = ('x' || right(replace(entry.operation_id::text, '-', ''), 16))::bit(64)::bigint
                          & 4611686018427387903
                    AND part.share_refund_id = entry.operation_id)
