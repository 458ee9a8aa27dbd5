-- Pools of pools.csv; those that staff changed stay as they are.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: rows that differ. Outcomes: the number of rows inserted or updated.
INSERT INTO pool (pool_code, name, province_code, policy_parent_code, connected, account_year_starts_month, source)
SELECT code, name, province, policy_parent, connected::boolean, account_year_starts_month::smallint, source FROM loaded
ON CONFLICT (pool_code) DO UPDATE
SET name = excluded.name, province_code = excluded.province_code, policy_parent_code = excluded.policy_parent_code,
    connected = excluded.connected, account_year_starts_month = excluded.account_year_starts_month,
    source = excluded.source
WHERE pool.maintained_by = 'file'
  AND (pool.name, pool.province_code, pool.policy_parent_code, pool.connected, pool.account_year_starts_month,
       pool.source) IS DISTINCT FROM
      (excluded.name, excluded.province_code, excluded.policy_parent_code, excluded.connected,
       excluded.account_year_starts_month, excluded.source)
