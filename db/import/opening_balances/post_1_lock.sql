-- Locks the accounts of a slice: in a statement before the posting, which must see their newest rows.
-- SPDX-License-Identifier: Apache-2.0
SELECT count(*)
FROM (SELECT array_agg(person_key) AS person_keys, array_agg(account_id) AS account_ids
      FROM (SELECT DISTINCT person_key, account_id FROM import_checked
            WHERE position > $1 AND position <= $2 AND is_ready) AS accounts) AS slice,
     account_lock(slice.person_keys, slice.account_ids, true)
