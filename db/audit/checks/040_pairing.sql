-- I1: each entry meets a system account that its kind may meet, in the right direction, of its account's pool.
-- SPDX-License-Identifier: Apache-2.0
-- The list is the auditor's own: who adds a kind of entry adds it here and in entry_rule. Kind and pool are read from
-- the name, which is in the hash; the row of system_account must say the same.
WITH allowed (kind, direction, system_kind) AS (VALUES
    ('contribution', 'credit', 'contribution_collection'),
    ('contribution_refund', 'debit', 'contribution_collection'),
    ('contribution_reversal', 'debit', 'contribution_collection'),
    ('contribution_reversal', 'credit', 'contribution_collection'),
    ('opening_balance', 'credit', 'opening_balance'),
    ('adjustment', 'credit', 'adjustment'),
    ('adjustment', 'debit', 'adjustment'),
    ('interest', 'credit', 'interest'),
    ('charge', 'debit', 'provider_payable'),
    ('charge_refund', 'credit', 'provider_payable'),
    ('merge_out', 'debit', 'transit'),
    ('merge_in', 'credit', 'transit'),
    ('receivable', 'credit', 'receivable'),
    ('year_end_out', 'debit', 'transit'),
    ('year_end_in', 'credit', 'transit'),
    ('pensioner_credit', 'credit', 'pooled_fund'),
    ('pensioner_credit', 'debit', 'pooled_fund'),
    ('credit_deduction', 'debit', 'critical_illness_deduction'),
    ('credit_deduction', 'credit', 'critical_illness_deduction'),
    ('wallet_out', 'debit', 'transit'),
    ('wallet_in', 'credit', 'transit'),
    ('wallet_return', 'credit', 'transit'),
    ('transfer_out', 'debit', 'transit'),
    ('transfer_in', 'credit', 'transit'),
    ('transfer_return', 'credit', 'transit'),
    ('withdrawal', 'debit', 'withdrawal_payable'),
    ('withdrawal_return', 'credit', 'withdrawal_payable')
)
SELECT 'ledger_entry', entry.account_id || '/' || entry.seq, 'system_account',
       CASE WHEN system_account.kind IS NULL THEN 'a system account'
            WHEN system_account.kind <> named.kind OR system_account.pool_code <> named.pool_code
                THEN 'what system_account says: ' || system_account.kind || ':' || system_account.pool_code
            WHEN allowed.kind IS NULL THEN 'one that ' || entry.kind || ' may ' || entry.direction
            ELSE 'one of pool ' || account.pool_code END,
       entry.system_account
FROM ledger_entry AS entry
JOIN account ON account.person_key = entry.person_key AND account.account_id = entry.account_id
LEFT JOIN system_account ON system_account.system_account = entry.system_account
CROSS JOIN LATERAL (SELECT split_part(entry.system_account, ':', 1) AS kind,
                           split_part(entry.system_account, ':', 2) AS pool_code) AS named
LEFT JOIN allowed ON allowed.kind = entry.kind AND allowed.direction = entry.direction
                 AND allowed.system_kind = named.kind
WHERE entry.person_key BETWEEN $1::bigint AND $2::bigint
  AND (allowed.kind IS NULL OR named.pool_code <> account.pool_code
       OR (system_account.kind, system_account.pool_code) IS DISTINCT FROM (named.kind, named.pool_code))
