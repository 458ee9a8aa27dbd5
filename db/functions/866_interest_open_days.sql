-- The days of an account whose interest is not posted, up to a day, cut where interest years end.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: one row for each interest year with open days, in order; to_day is the day after the last, and
-- never after `until`.
CREATE OR REPLACE FUNCTION interest_open_days(asked_person_key bigint, asked_account_id uuid, until date)
RETURNS TABLE (pool_code text, year_start date, from_day date, to_day date)
    LANGUAGE sql STABLE AS $$
SELECT account.pool_code, start.day, greatest(start.day, open.from_day),
       least((start.day + interval '1 year')::date, until)
  FROM account
  JOIN pool ON pool.pool_code = account.pool_code
 CROSS JOIN LATERAL (
       SELECT coalesce((SELECT max(posting.accrued_to) FROM interest_posting AS posting
                         WHERE posting.person_key = account.person_key AND posting.account_id = account.account_id),
                       (SELECT first.business_date FROM ledger_entry AS first
                         WHERE first.person_key = account.person_key AND first.account_id = account.account_id
                           AND first.seq = 1)) AS from_day) AS open
 CROSS JOIN LATERAL generate_series(import_account_year(open.from_day, pool.account_year_starts_month)::timestamp,
                                    (until - 1)::timestamp, interval '1 year') AS year (starts)
 CROSS JOIN LATERAL (SELECT year.starts::date AS day) AS start
 WHERE account.person_key = asked_person_key AND account.account_id = asked_account_id AND open.from_day < until
 ORDER BY start.day
$$;
COMMENT ON FUNCTION interest_open_days(bigint, uuid, date) IS
    'The days of an account whose interest is not posted, up to a day, a row for each interest year';
