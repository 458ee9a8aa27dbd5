-- Interest on personal accounts and the year's end: rates and rules as data, what was posted, and the runs that post it.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE interest_rate (
    region_code text NOT NULL CHECK (region_code ~ '^[0-9]{6}$'),
    rate_kind text NOT NULL CHECK (rate_kind ~ '^[a-z][a-z0-9_]{1,39}$'),
    effective_from date NOT NULL,
    rate_ppm integer NOT NULL CHECK (rate_ppm BETWEEN 0 AND 1000000),
    source text NOT NULL CHECK (source <> ''),
    PRIMARY KEY (region_code, rate_kind, effective_from)
);
COMMENT ON TABLE interest_rate IS 'Yearly rates of interest by kind and first day. Looked up for the pool, its policy parent, its province, then 000000: the first level with a row of that kind in force';
COMMENT ON COLUMN interest_rate.region_code IS 'Pool, province or 000000';
COMMENT ON COLUMN interest_rate.rate_kind IS 'Which rate: demand (活期), fixed_3_months (三个月整存整取), or one of a region''s own; interest_rule says which part of the balance bears which';
COMMENT ON COLUMN interest_rate.effective_from IS 'First day it holds; until the next row of the region and kind';
COMMENT ON COLUMN interest_rate.rate_ppm IS 'Rate for a year, millionths: 3500 is 0.35 %';
COMMENT ON COLUMN interest_rate.source IS 'Where this row comes from';

CREATE TABLE interest_rule (
    region_code text NOT NULL CHECK (region_code ~ '^[0-9]{6}$'),
    effective_from date NOT NULL,
    current_year_rate text NOT NULL CHECK (current_year_rate ~ '^[a-z][a-z0-9_]{1,39}$'),
    carried_over_rate text NOT NULL CHECK (carried_over_rate ~ '^[a-z][a-z0-9_]{1,39}$'),
    day_count_basis smallint NOT NULL CHECK (day_count_basis IN (360, 365)),
    rounding text NOT NULL CHECK (rounding IN ('half_up', 'down')),
    posting_month smallint NOT NULL CHECK (posting_month BETWEEN 1 AND 12),
    posting_day smallint NOT NULL CHECK (posting_day BETWEEN 1 AND 28),
    source text NOT NULL CHECK (source <> ''),
    PRIMARY KEY (region_code, effective_from)
);
COMMENT ON TABLE interest_rule IS 'How accounts of a pool bear interest. A row is whole: the nearest of pool, policy parent, province and 000000 holds. The rule of an interest year is that of its first day';
COMMENT ON COLUMN interest_rule.region_code IS 'Pool, province or 000000';
COMMENT ON COLUMN interest_rule.effective_from IS 'First day it holds; until the next row of the region';
COMMENT ON COLUMN interest_rule.current_year_rate IS 'Kind of rate that current-year money bears';
COMMENT ON COLUMN interest_rule.carried_over_rate IS 'Kind of rate that carried-over money bears';
COMMENT ON COLUMN interest_rule.day_count_basis IS 'Days that a year''s rate is divided by, 360 or 365; the days themselves are counted as they are';
COMMENT ON COLUMN interest_rule.rounding IS 'How the interest of a part becomes whole fen, once: half_up or down';
COMMENT ON COLUMN interest_rule.posting_month IS 'With posting_day: the year is posted on the first such day after its end, or later';
COMMENT ON COLUMN interest_rule.posting_day IS 'Day of that month, 1 to 28';
COMMENT ON COLUMN interest_rule.source IS 'Where this row comes from';

CREATE TABLE interest_posting (
    person_key bigint NOT NULL,
    current_year_days bigint NOT NULL,
    carried_over_days bigint NOT NULL,
    current_year_interest_fen bigint NOT NULL CHECK (current_year_interest_fen >= 0),
    carried_over_interest_fen bigint NOT NULL CHECK (carried_over_interest_fen >= 0),
    carried_fen bigint NOT NULL CHECK (carried_fen >= 0),
    through_seq bigint NOT NULL CHECK (through_seq >= 0),
    posted_at timestamptz NOT NULL,
    business_date date NOT NULL,
    accrued_from date NOT NULL,
    accrued_to date NOT NULL CHECK (accrued_to > accrued_from AND accrued_to <= business_date),
    account_id uuid NOT NULL,
    operation_id uuid NOT NULL,
    job_id uuid,
    proposal_id uuid,
    current_year_entry_id uuid,
    carried_over_entry_id uuid,
    year_end_out_entry_id uuid,
    year_end_in_entry_id uuid,
    interest_year smallint NOT NULL CHECK (interest_year BETWEEN 1950 AND 2999),
    day_count_basis smallint NOT NULL CHECK (day_count_basis IN (360, 365)),
    is_year_end boolean NOT NULL,
    bears_interest boolean NOT NULL,
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    rounding text NOT NULL CHECK (rounding IN ('half_up', 'down')),
    segments jsonb NOT NULL CHECK (jsonb_typeof(segments) = 'array'),
    PRIMARY KEY (person_key, account_id, interest_year, accrued_from),
    CHECK (is_year_end OR carried_fen = 0),
    CHECK (bears_interest OR current_year_interest_fen + carried_over_interest_fen = 0),
    CHECK ((current_year_entry_id IS NOT NULL) = (current_year_interest_fen > 0)),
    CHECK ((carried_over_entry_id IS NOT NULL) = (carried_over_interest_fen > 0)),
    CHECK ((year_end_out_entry_id IS NOT NULL) = (carried_fen > 0)),
    CHECK ((year_end_in_entry_id IS NOT NULL) = (carried_fen > 0))
);
COMMENT ON TABLE interest_posting IS 'Interest that was reckoned and posted, for an account and days of an interest year: append-only, never overlapping. What is here is not posted again (docs/interest.md)';
COMMENT ON COLUMN interest_posting.person_key IS 'Person';
COMMENT ON COLUMN interest_posting.current_year_days IS 'Sum over the days of the current-year balance at their end, fen × days';
COMMENT ON COLUMN interest_posting.carried_over_days IS 'Sum over the days of the carried-over balance at their end, fen × days';
COMMENT ON COLUMN interest_posting.current_year_interest_fen IS 'Interest that current-year money bore, fen';
COMMENT ON COLUMN interest_posting.carried_over_interest_fen IS 'Interest that carried-over money bore, fen';
COMMENT ON COLUMN interest_posting.carried_fen IS 'At the year''s end: what was carried over from the current-year part, its interest included, fen; else 0';
COMMENT ON COLUMN interest_posting.through_seq IS 'Newest entry of the account that was looked at';
COMMENT ON COLUMN interest_posting.posted_at IS 'Instant of posting, business time';
COMMENT ON COLUMN interest_posting.business_date IS 'Business day of posting: that of its entries';
COMMENT ON COLUMN interest_posting.accrued_from IS 'First day it is for';
COMMENT ON COLUMN interest_posting.accrued_to IS 'Day after the last one it is for: from this day on its entries count as posted when the next interest is reckoned';
COMMENT ON COLUMN interest_posting.account_id IS 'Personal account';
COMMENT ON COLUMN interest_posting.operation_id IS 'Operation of its entries';
COMMENT ON COLUMN interest_posting.job_id IS 'Yearly run that posted it; null: it was settled for this account alone';
COMMENT ON COLUMN interest_posting.proposal_id IS 'Approved proposal that it was posted for: of the run, of the settlement, or of the merge';
COMMENT ON COLUMN interest_posting.current_year_entry_id IS 'Entry of current_year_interest_fen; null when that is 0';
COMMENT ON COLUMN interest_posting.carried_over_entry_id IS 'Entry of carried_over_interest_fen; null when that is 0';
COMMENT ON COLUMN interest_posting.year_end_out_entry_id IS 'Entry that takes carried_fen out of the current-year part; null when that is 0';
COMMENT ON COLUMN interest_posting.year_end_in_entry_id IS 'Entry that puts carried_fen into the carried-over part; null when that is 0';
COMMENT ON COLUMN interest_posting.interest_year IS 'Account year, named by the calendar year in which it starts';
COMMENT ON COLUMN interest_posting.day_count_basis IS 'Of the rule: days that the rates were divided by';
COMMENT ON COLUMN interest_posting.is_year_end IS 'Whether accrued_to is the end of the year: then current-year money was carried over';
COMMENT ON COLUMN interest_posting.bears_interest IS 'Whether account_status_rule let the account bear interest in its status';
COMMENT ON COLUMN interest_posting.pool_code IS 'Pool of the account';
COMMENT ON COLUMN interest_posting.rounding IS 'Of the rule: half_up or down';
COMMENT ON COLUMN interest_posting.segments IS 'How it was reckoned: an array of part, rate_kind, from, to (the day after the last), rate_ppm, balance_days (fen × days)';
CREATE UNIQUE INDEX interest_posting_year_end ON interest_posting (person_key, account_id, interest_year) WHERE is_year_end;
COMMENT ON INDEX interest_posting_year_end IS 'A year ends once';
CREATE INDEX interest_posting_job ON interest_posting (job_id) WHERE job_id IS NOT NULL;

CREATE TABLE interest_run (
    job_id uuid PRIMARY KEY,
    region_code text NOT NULL CHECK (region_code ~ '^[0-9]{6}$'),
    interest_year smallint NOT NULL CHECK (interest_year BETWEEN 1950 AND 2999),
    phase text NOT NULL DEFAULT 'checking' CHECK (phase IN ('checking', 'posting')),
    accounts_done bigint NOT NULL DEFAULT 0 CHECK (accounts_done >= 0),
    accounts_total bigint NOT NULL DEFAULT 0 CHECK (accounts_total >= 0),
    after_pool_code text NOT NULL DEFAULT '',
    after_person_key bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE interest_run IS 'Yearly runs over the accounts of a region: where each is';
COMMENT ON COLUMN interest_run.job_id IS 'Its job, of kind interest';
COMMENT ON COLUMN interest_run.region_code IS 'Pool, province or 000000';
COMMENT ON COLUMN interest_run.interest_year IS 'Account year, named by the calendar year in which it starts';
COMMENT ON COLUMN interest_run.phase IS 'Phase that the next columns are of: checking or posting';
COMMENT ON COLUMN interest_run.accounts_done IS 'Accounts looked at in this phase';
COMMENT ON COLUMN interest_run.accounts_total IS 'Accounts to look at';
COMMENT ON COLUMN interest_run.after_pool_code IS 'Pool of the last account looked at; empty before the first';
COMMENT ON COLUMN interest_run.after_person_key IS 'Person of the last account looked at';

CREATE TABLE interest_run_pool (
    job_id uuid NOT NULL,
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    starts_on date NOT NULL,
    ends_before date NOT NULL CHECK (ends_before > starts_on),
    posts_from date,
    due_accounts bigint NOT NULL DEFAULT 0 CHECK (due_accounts >= 0),
    due_current_year_fen bigint NOT NULL DEFAULT 0 CHECK (due_current_year_fen >= 0),
    due_carried_over_fen bigint NOT NULL DEFAULT 0 CHECK (due_carried_over_fen >= 0),
    due_carried_fen bigint NOT NULL DEFAULT 0 CHECK (due_carried_fen >= 0),
    posted_accounts bigint NOT NULL DEFAULT 0 CHECK (posted_accounts >= 0),
    posted_current_year_fen bigint NOT NULL DEFAULT 0 CHECK (posted_current_year_fen >= 0),
    posted_carried_over_fen bigint NOT NULL DEFAULT 0 CHECK (posted_carried_over_fen >= 0),
    posted_carried_fen bigint NOT NULL DEFAULT 0 CHECK (posted_carried_fen >= 0),
    PRIMARY KEY (job_id, pool_code)
);
COMMENT ON TABLE interest_run_pool IS 'What a yearly run found and posted in each pool';
COMMENT ON COLUMN interest_run_pool.job_id IS 'Its job';
COMMENT ON COLUMN interest_run_pool.pool_code IS 'Pool';
COMMENT ON COLUMN interest_run_pool.starts_on IS 'First day of the account year there';
COMMENT ON COLUMN interest_run_pool.ends_before IS 'Day after its last one';
COMMENT ON COLUMN interest_run_pool.posts_from IS 'First day on which it may be posted, by the rule of the pool; null: no rule, so nothing is due';
COMMENT ON COLUMN interest_run_pool.due_accounts IS 'Accounts that the check found to be posted';
COMMENT ON COLUMN interest_run_pool.due_current_year_fen IS 'Interest on their current-year money, fen';
COMMENT ON COLUMN interest_run_pool.due_carried_over_fen IS 'Interest on their carried-over money, fen';
COMMENT ON COLUMN interest_run_pool.due_carried_fen IS 'Money to be carried over, with its interest, fen';
COMMENT ON COLUMN interest_run_pool.posted_accounts IS 'Accounts that were posted';
COMMENT ON COLUMN interest_run_pool.posted_current_year_fen IS 'Interest posted on their current-year money, fen';
COMMENT ON COLUMN interest_run_pool.posted_carried_over_fen IS 'Interest posted on their carried-over money, fen';
COMMENT ON COLUMN interest_run_pool.posted_carried_fen IS 'Money carried over, with its interest, fen';

CREATE TABLE interest_run_skip (
    job_id uuid NOT NULL,
    phase text NOT NULL CHECK (phase IN ('checking', 'posting')),
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    reason text NOT NULL CHECK (reason ~ '^[a-z_]{1,40}$'),
    accounts bigint NOT NULL CHECK (accounts >= 0),
    PRIMARY KEY (job_id, phase, pool_code, reason)
);
COMMENT ON TABLE interest_run_skip IS 'Accounts that a yearly run passed over, by reason';
COMMENT ON COLUMN interest_run_skip.job_id IS 'Its job';
COMMENT ON COLUMN interest_run_skip.phase IS 'checking or posting';
COMMENT ON COLUMN interest_run_skip.pool_code IS 'Pool';
COMMENT ON COLUMN interest_run_skip.reason IS 'year_not_over (its day of posting has not come), no_rule, no_rate, already_posted, earlier_year_open, account_closed (closed with interest due) or balance_overflow';
COMMENT ON COLUMN interest_run_skip.accounts IS 'How many';

INSERT INTO entry_rule (entry_kind, direction, system_kind) VALUES
    ('year_end_out', 'debit', 'transit'),
    ('year_end_in', 'credit', 'transit');

-- Which kinds there are stands with their functions (proposal_apply_<kind>): a kind without one is refused.
ALTER TABLE proposal DROP CONSTRAINT IF EXISTS proposal_kind_check;
ALTER TABLE proposal ADD CONSTRAINT proposal_kind_check CHECK (kind ~ '^[a-z_]{1,40}$') NOT VALID;

GRANT SELECT ON interest_rate, interest_rule TO yibao_app;
GRANT SELECT, INSERT ON interest_posting TO yibao_app;
GRANT SELECT, INSERT, UPDATE ON interest_run, interest_run_pool, interest_run_skip TO yibao_app;

-- migrate:down
DELETE FROM entry_rule WHERE entry_kind IN ('year_end_out', 'year_end_in');
DROP TABLE interest_run_skip, interest_run_pool, interest_run, interest_posting, interest_rule, interest_rate;
