-- Sets the cut-over day of the accounts of a slice.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the accounts are locked already. Apart from the posting, since a statement can change a row only once.
UPDATE account
SET cut_over_on = greatest(account.cut_over_on, slice.as_of), version = account.version + 1
FROM (SELECT person_key, account_id, max(as_of) AS as_of FROM import_checked
      WHERE position > $1 AND position <= $2 AND is_ready
      GROUP BY person_key, account_id) AS slice
WHERE account.person_key = slice.person_key AND account.account_id = slice.account_id
  AND account.cut_over_on IS DISTINCT FROM greatest(account.cut_over_on, slice.as_of)
