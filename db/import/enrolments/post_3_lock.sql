-- Locks the accounts whose status the enrolments of a slice may change: before anything of an enrolment is stored.
-- SPDX-License-Identifier: Apache-2.0
-- All at once and in id order, as whoever charges several accounts does; and as in decisions about transfers accounts
-- before enrolments, so that nobody waits for an account who holds what an enrolment of its person has to wait for.
SELECT count(*)
FROM (SELECT array_agg(person_key) AS person_keys, array_agg(account_id) AS account_ids
      FROM (SELECT DISTINCT account.person_key, account.account_id
            FROM import_checked JOIN import_row USING (line)
            JOIN account ON account.person_key = known_key
            WHERE position > $1 AND position <= $2 AND is_ready AND import_row.scheme = 'employee'
              AND import_row.account_mode = 'with_account'
              AND (account.status = 'active' OR account.pool_code = import_row.pool_code)) AS accounts) AS slice,
     account_lock(slice.person_keys, slice.account_ids, true)
