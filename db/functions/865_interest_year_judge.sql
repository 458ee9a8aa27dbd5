-- What speaks against posting an interest year of accounts, and for which days it is due.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each account, and the year, named by the calendar year in which it starts.
-- Locks: none; whoever posts has locked the accounts. Outcomes: one row for each account that exists. status, by
-- precedence:
--   already_posted       its end is posted
--   no_entries           nothing had been posted to the account before the year ended
--   earlier_year_open    the year before bears interest and is not posted: post that one first
--   account_closed       it is closed: what it bore before was to be settled then
--   due                  from from_day, which is later than year_start where a part of the year was settled
CREATE OR REPLACE FUNCTION interest_year_judge(person_keys bigint[], account_ids uuid[], interest_year integer)
RETURNS TABLE (ord bigint, status text, pool_code text, year_start date, from_day date, to_day date)
    LANGUAGE sql STABLE AS $$
WITH found AS MATERIALIZED (
    SELECT asked.ord, account.pool_code, account.status,
           make_date(interest_year, pool.account_year_starts_month, 1) AS year_start,
           make_date(interest_year + 1, pool.account_year_starts_month, 1) AS to_day,
           (SELECT first.business_date FROM ledger_entry AS first
             WHERE first.person_key = account.person_key
               AND first.account_id = account.account_id AND first.seq = 1) AS first_on,
           (SELECT max(posting.accrued_to) FROM interest_posting AS posting
             WHERE posting.person_key = account.person_key AND posting.account_id = account.account_id) AS posted_to
      FROM unnest(person_keys, account_ids) WITH ORDINALITY AS asked (person_key, account_id, ord)
      JOIN account ON account.person_key = asked.person_key AND account.account_id = asked.account_id
      JOIN pool ON pool.pool_code = account.pool_code
), before AS MATERIALIZED (
    SELECT terms.pool_code, terms.year_start,
           EXISTS (SELECT FROM interest_rule_at(terms.pool_code, (terms.year_start - interval '1 year')::date)) AS bears
      FROM (SELECT DISTINCT found.pool_code, found.year_start FROM found) AS terms
)
SELECT found.ord,
       CASE WHEN found.posted_to >= found.to_day THEN 'already_posted'
            WHEN found.first_on IS NULL OR found.first_on >= found.to_day THEN 'no_entries'
            WHEN before.bears AND found.first_on < found.year_start
                 AND (found.posted_to >= found.year_start) IS NOT TRUE THEN 'earlier_year_open'
            WHEN found.status = 'closed' THEN 'account_closed'
            ELSE 'due' END,
       found.pool_code, found.year_start, greatest(found.year_start, found.posted_to), found.to_day
  FROM found
  JOIN before ON before.pool_code = found.pool_code AND before.year_start = found.year_start
$$;
COMMENT ON FUNCTION interest_year_judge(bigint[], uuid[], integer) IS
    'What speaks against posting an interest year of accounts, and for which days it is due; a status row for each';
