-- Opens the personal accounts of a slice's enrolments.
-- SPDX-License-Identifier: Apache-2.0
-- One account of a person receives: that of the active enrolment, else of a suspended one, else of one that a transfer
-- brings, unless another account receives already. The others are spend_only; an old one of the pool comes back to
-- life. Of somebody who has died they are deceased, as their date of death has made the others.
WITH wanted AS MATERIALIZED (
    SELECT DISTINCT ON (known_key, pool_code) known_key, known_id, pool_code, account_time,
           CASE status WHEN 'active' THEN 1 WHEN 'suspended' THEN 2 WHEN 'pending_in' THEN 3 WHEN 'closing' THEN 4
                       ELSE 5 END AS rank
    FROM import_checked JOIN import_row USING (line)
    WHERE position > $1 AND position <= $2 AND is_ready AND scheme = 'employee' AND account_mode = 'with_account'
    ORDER BY known_key, pool_code, rank, line
), ranked AS (
    SELECT wanted.*,
           rank < 5 AND row_number() OVER (PARTITION BY known_key ORDER BY rank, pool_code) = 1
               AND NOT EXISTS (SELECT FROM account
                               WHERE account.person_key = wanted.known_key AND account.status = 'active') AS receives
    FROM wanted
)
INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at)
SELECT known_key, import_id(account_time, known_key), known_id, ranked.pool_code,
       CASE WHEN person.deceased_on IS NOT NULL THEN 'deceased' WHEN receives THEN 'active' ELSE 'spend_only' END, $3
FROM ranked JOIN person ON person.person_key = known_key
ON CONFLICT (person_key, pool_code) DO UPDATE SET status = 'active', version = account.version + 1
    WHERE excluded.status = 'active' AND account.status = 'spend_only'
