-- I1: what each other payer of a charge was given back is what its entries say, linked to what it paid, and never more.
-- SPDX-License-Identifier: Apache-2.0
-- The operation of the entries is the part of the refund. After a merge the account of the current person receives: a
-- part is looked at with the person who paid, its entries with that of the account.
WITH given AS (
    SELECT part.*, share.share_id AS known_share_id, share.charge_id, share.account_id AS share_account_id,
           share.current_year_entry_id AS paid_current_year_id, share.carried_over_entry_id AS paid_carried_over_id,
           share.provider_id, share.pool_code AS share_pool_code, refund.charge_id AS refund_charge_id,
           refund.refund_no, refund.business_date AS refund_date, account.pool_code AS account_pool_code,
           ('x' || right(replace(part.share_refund_id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903
               AS id_key
    FROM charge_share_refund AS part
    LEFT JOIN charge_share AS share ON share.person_key = part.person_key AND share.share_id = part.share_id
    LEFT JOIN charge_refund AS refund ON refund.person_key = share.charge_person_key
                                     AND refund.refund_id = part.refund_id
    LEFT JOIN account ON account.person_key = part.account_person_key AND account.account_id = part.account_id
    WHERE part.person_key BETWEEN $1::bigint AND $2::bigint
), paired AS (
    SELECT given.*, side.part, side.amount_fen AS part_fen, side.part_entry_id, side.into_part, side.link_id, entry.seq,
           entry.amount_fen AS entry_fen, entry.part AS entry_part, entry.linked_entry_id, entry.reference,
           entry.business_date AS entry_date, entry.posted_at, entry.operation_id, entry.system_account
    FROM given
    CROSS JOIN LATERAL (VALUES
        ('current_year', current_year_fen, current_year_entry_id, current_year_into, paid_current_year_id),
        ('carried_over', carried_over_fen, carried_over_entry_id, 'carried_over', paid_carried_over_id))
        AS side (part, amount_fen, part_entry_id, into_part, link_id)
    LEFT JOIN ledger_entry AS entry ON entry.person_key = given.account_person_key
                                   AND entry.account_id = given.account_id
                                   AND entry.entry_id = side.part_entry_id AND entry.kind = 'charge_refund'
)
SELECT 'charge_share_refund', share_refund_id::text, fault.column_name, fault.expected, fault.found
FROM given
CROSS JOIN LATERAL (
    SELECT 'share_refund_id', 'an id of person ' || person_key, 'one of ' || id_key WHERE id_key <> person_key
    UNION ALL
    SELECT 'share_id', 'what the person paid of a charge', 'none' WHERE known_share_id IS NULL
    UNION ALL
    SELECT 'refund_id', 'a refund of charge ' || charge_id, coalesce('one of ' || refund_charge_id, 'none')
    WHERE refund_charge_id IS DISTINCT FROM charge_id AND known_share_id IS NOT NULL
    UNION ALL
    SELECT 'business_date', refund_date::text, business_date::text WHERE business_date <> refund_date
    UNION ALL
    SELECT 'pool_code', share_pool_code, pool_code WHERE pool_code <> share_pool_code
    UNION ALL
    SELECT 'account_id', 'an account of pool ' || share_pool_code, coalesce(account_pool_code, 'none')
    WHERE account_pool_code IS DISTINCT FROM share_pool_code
    UNION ALL
    SELECT 'account_id', share_account_id::text, account_id::text
    WHERE account_person_key = person_key AND account_id <> share_account_id
    UNION ALL
    SELECT 'account_person_key', 'who the payer is now', account_person_key::text
    WHERE account_person_key <> person_key
      AND NOT EXISTS (SELECT FROM person_alias AS alias
                      LEFT JOIN person_alias AS own ON own.person_key = given.account_person_key
                      WHERE alias.person_key = given.person_key
                        AND alias.current_person_key = coalesce(own.current_person_key, given.account_person_key))
    UNION ALL
    SELECT 'amount_fen', (current_year_fen + carried_over_fen)::text, amount_fen::text
    WHERE amount_fen <> current_year_fen + carried_over_fen
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'charge_share_refund', share_refund_id::text, fault.column_name, fault.expected, fault.found
FROM paired
CROSS JOIN LATERAL (
    SELECT part || '_fen', coalesce(entry_fen::text, 'no ledger entry'), part_fen::text
    WHERE part_fen <> coalesce(entry_fen, 0)
    UNION ALL
    SELECT part || '_entry_id', 'a ledger entry of it', part_entry_id::text
    WHERE part_entry_id IS NOT NULL AND operation_id IS DISTINCT FROM share_refund_id
    UNION ALL
    SELECT part || '_entry_id', 'one that gives back ' || coalesce(link_id::text, 'nothing'),
           coalesce(linked_entry_id::text, 'null')
    WHERE seq IS NOT NULL AND linked_entry_id IS DISTINCT FROM link_id
    UNION ALL
    SELECT 'current_year_into', entry_part, into_part WHERE into_part <> entry_part
    UNION ALL
    SELECT 'refund_id', 'the refund with number ' || reference, 'the one with ' || refund_no
    WHERE refund_no <> reference
    UNION ALL
    SELECT 'business_date', entry_date::text, business_date::text WHERE business_date <> entry_date
    UNION ALL
    SELECT 'created_at', posted_at::text, created_at::text WHERE created_at <> posted_at
    UNION ALL
    SELECT 'pool_code', system_account, 'provider_payable:' || pool_code || ':' || provider_id
    WHERE system_account <> 'provider_payable:' || pool_code || ':' || provider_id
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'charge_share', share.share_id::text, fault.column_name, fault.expected, fault.found
FROM charge_share AS share
LEFT JOIN (SELECT person_key, share_id, sum(amount_fen) AS amount_fen, sum(current_year_fen) AS current_year_fen,
                  sum(carried_over_fen) AS carried_over_fen, max(created_at) AS created_at
           FROM given
           GROUP BY person_key, share_id) AS together USING (person_key, share_id)
CROSS JOIN LATERAL (
    SELECT 'refunded_fen', coalesce(together.amount_fen, 0)::text, share.refunded_fen::text
    WHERE share.refunded_fen <> coalesce(together.amount_fen, 0)
    UNION ALL
    SELECT 'current_year_fen', 'at least the ' || together.current_year_fen || ' given back',
           share.current_year_fen::text
    WHERE together.current_year_fen > share.current_year_fen
    UNION ALL
    SELECT 'carried_over_fen', 'at least the ' || together.carried_over_fen || ' given back',
           share.carried_over_fen::text
    WHERE together.carried_over_fen > share.carried_over_fen
    UNION ALL
    SELECT 'changed_at', 'not before ' || together.created_at, share.changed_at::text
    WHERE share.changed_at < together.created_at
) AS fault (column_name, expected, found)
WHERE share.person_key BETWEEN $1::bigint AND $2::bigint
