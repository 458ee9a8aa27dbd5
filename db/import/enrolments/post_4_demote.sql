-- Older accounts of people with a new active enrolment elsewhere can only be spent from.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none, they are locked already (post_3_lock). Before the new ones are opened:
-- a person has one account that receives.
UPDATE account
SET status = 'spend_only', version = account.version + 1
FROM import_checked JOIN import_row USING (line)
WHERE position > $1 AND position <= $2 AND is_ready AND import_row.scheme = 'employee'
  AND import_row.status = 'active' AND import_row.account_mode = 'with_account'
  AND account.person_key = import_checked.known_key AND account.pool_code <> import_row.pool_code
  AND account.status = 'active'
