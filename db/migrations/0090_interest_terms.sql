-- A yearly run of interest keeps the terms that its check reckoned with, so that it posts under no others.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE interest_run_pool ADD COLUMN terms jsonb CHECK (jsonb_typeof(terms) = 'object');
COMMENT ON COLUMN interest_run_pool.terms IS 'Rule and rates of the year when the check began, as interest_terms gives them: the pool is posted under no others. Null: not looked at yet, or by a version that did not keep them';
COMMENT ON COLUMN interest_run_skip.reason IS 'year_not_over (its day of posting has not come), no_rule, no_rate, rules_changed (a rule or rate is another one than at the check), already_posted, earlier_year_open, account_closed (closed with interest due) or balance_overflow';
GRANT UPDATE (terms) ON interest_run_pool TO yibao_app;

-- migrate:down
ALTER TABLE interest_run_pool DROP COLUMN terms;
