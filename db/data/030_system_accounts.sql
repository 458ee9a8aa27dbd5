-- The system accounts that every pool has; those of providers and platforms come with these.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none but on new rows. Outcomes: the number of rows inserted.
INSERT INTO system_account (system_account, kind, pool_code)
SELECT kind || ':' || pool.pool_code, kind, pool.pool_code
FROM pool,
     unnest(ARRAY['contribution_collection', 'pooled_fund', 'transit', 'withdrawal_payable', 'receivable', 'interest',
                  'critical_illness_deduction', 'opening_balance', 'adjustment']) AS kind
ON CONFLICT (system_account) DO NOTHING
