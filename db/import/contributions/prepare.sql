-- The system accounts that stand against the postings.
-- SPDX-License-Identifier: Apache-2.0
INSERT INTO system_account (system_account, kind, pool_code)
SELECT DISTINCT 'contribution_collection:' || pool_code, 'contribution_collection', pool_code
FROM import_checked
WHERE is_ready AND is_posting
ORDER BY 1
ON CONFLICT DO NOTHING
