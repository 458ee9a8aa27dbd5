-- Pensioner credits: policies as data, what was credited, and the runs and recomputations that credit it.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE credit_policy (
    policy_id uuid PRIMARY KEY,
    region_code text NOT NULL CHECK (region_code ~ '^[0-9]{6}$'),
    plan_code text NOT NULL CHECK (plan_code ~ '^[a-z][a-z0-9_]{1,39}$'),
    version integer NOT NULL CHECK (version > 0),
    effective_from date NOT NULL CHECK (extract(day FROM effective_from) = 1),
    plan_kind text NOT NULL CHECK (plan_kind IN ('fixed', 'ratio')),
    period text NOT NULL CHECK (period IN ('month', 'year')),
    posting_month smallint CHECK (posting_month BETWEEN 1 AND 12),
    is_pro_rated boolean NOT NULL,
    age_basis text NOT NULL CHECK (age_basis IN ('credit_month', 'year_start', 'insurance_year_start')),
    base_fen bigint CHECK (base_fen BETWEEN 1 AND 100000000000),
    rounding text NOT NULL CHECK (rounding IN ('half_up', 'down')),
    legal_basis text NOT NULL CHECK (legal_basis <> ''),
    source text NOT NULL CHECK (source <> ''),
    created_by uuid,
    created_at timestamptz NOT NULL,
    proposal_id uuid,
    activated_at timestamptz,
    UNIQUE (region_code, plan_code, version),
    CHECK ((period = 'year') = (posting_month IS NOT NULL)),
    CHECK (period = 'year' OR NOT is_pro_rated),
    CHECK (plan_kind = 'ratio' OR base_fen IS NULL),
    CHECK (proposal_id IS NULL OR activated_at IS NOT NULL)
);
CREATE INDEX credit_policy_in_force ON credit_policy (region_code, plan_code, effective_from DESC, version DESC) WHERE activated_at IS NOT NULL;
COMMENT ON TABLE credit_policy IS 'Versions of the plans by which pensioners are credited (返款/划入). Never changed but to be activated: another rule is another version. Looked up for the pool, its policy parent, its province, then 000000: the first level with an active version of the plan in force; there the newest month, then the highest version (docs/credits.md)';
COMMENT ON COLUMN credit_policy.policy_id IS 'Public id';
COMMENT ON COLUMN credit_policy.region_code IS 'Pool, province or 000000';
COMMENT ON COLUMN credit_policy.plan_code IS 'Plan that this is a version of; a person has one credit for each plan and period';
COMMENT ON COLUMN credit_policy.version IS 'Counts the versions of the region''s plan';
COMMENT ON COLUMN credit_policy.effective_from IS 'First month it holds (its first day), until the next version of the region and plan';
COMMENT ON COLUMN credit_policy.plan_kind IS 'fixed: its tiers have amounts; ratio: they have ratios of base_fen';
COMMENT ON COLUMN credit_policy.period IS 'What one credit is for: month or year (a calendar year)';
COMMENT ON COLUMN credit_policy.posting_month IS 'Of a yearly plan: month of the year from which on the year is credited; it is also the month of the age basis credit_month';
COMMENT ON COLUMN credit_policy.is_pro_rated IS 'Of a yearly plan: who is entitled for a part of the year only gets as many twelfths';
COMMENT ON COLUMN credit_policy.age_basis IS 'Day on which age counts: credit_month (last day of the month), year_start (1 January) or insurance_year_start (the last 1 July)';
COMMENT ON COLUMN credit_policy.base_fen IS 'Average pension that ratios are of, fen; null where it is not known: then nobody is credited';
COMMENT ON COLUMN credit_policy.rounding IS 'How an amount becomes whole fen, once: half_up or down';
COMMENT ON COLUMN credit_policy.legal_basis IS 'Document that orders it, as the person is told';
COMMENT ON COLUMN credit_policy.source IS 'Where the figures come from';
COMMENT ON COLUMN credit_policy.created_by IS 'Who drafted it; null for one that was shipped';
COMMENT ON COLUMN credit_policy.created_at IS 'Instant of drafting, real time';
COMMENT ON COLUMN credit_policy.proposal_id IS 'Approved proposal that activated it; null before, and for one that was shipped';
COMMENT ON COLUMN credit_policy.activated_at IS 'Instant from which it counts, real time; null: a draft';

CREATE TABLE credit_policy_tier (
    policy_id uuid NOT NULL,
    min_age smallint NOT NULL CHECK (min_age BETWEEN 0 AND 150),
    amount_fen bigint CHECK (amount_fen BETWEEN 0 AND 100000000000),
    ratio_bp integer CHECK (ratio_bp BETWEEN 0 AND 10000),
    PRIMARY KEY (policy_id, min_age),
    CHECK (num_nonnulls(amount_fen, ratio_bp) = 1)
);
COMMENT ON TABLE credit_policy_tier IS 'What people of an age get by a version of a plan: that of the highest min_age they have reached';
COMMENT ON COLUMN credit_policy_tier.policy_id IS 'Version of the plan';
COMMENT ON COLUMN credit_policy_tier.min_age IS 'Age in whole years from which on it holds, until the next tier';
COMMENT ON COLUMN credit_policy_tier.amount_fen IS 'Of a fixed plan: gross amount for a period, fen';
COMMENT ON COLUMN credit_policy_tier.ratio_bp IS 'Of a ratio plan: part of base_fen for a period, basis points (2.8 % is 280)';

CREATE TABLE credit_policy_deduction (
    policy_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('critical_illness')),
    amount_fen bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 100000000000),
    PRIMARY KEY (policy_id, kind)
);
COMMENT ON TABLE credit_policy_deduction IS 'What is taken off every credit of a version of a plan, never more than the gross amount';
COMMENT ON COLUMN credit_policy_deduction.policy_id IS 'Version of the plan';
COMMENT ON COLUMN credit_policy_deduction.kind IS 'critical_illness (大病保险): goes to the system account critical_illness_deduction of the pool';
COMMENT ON COLUMN credit_policy_deduction.amount_fen IS 'Amount for a period, fen';

CREATE TABLE pensioner_credit (
    person_key bigint NOT NULL,
    gross_fen bigint NOT NULL CHECK (gross_fen BETWEEN -9007199254740991 AND 9007199254740991),
    deduction_fen bigint NOT NULL CHECK (deduction_fen BETWEEN -9007199254740991 AND 9007199254740991),
    total_gross_fen bigint NOT NULL CHECK (total_gross_fen >= 0),
    total_deduction_fen bigint NOT NULL CHECK (total_deduction_fen BETWEEN 0 AND total_gross_fen),
    receivable_fen bigint NOT NULL DEFAULT 0 CHECK (receivable_fen >= 0),
    posted_at timestamptz NOT NULL,
    period_start date NOT NULL CHECK (extract(day FROM period_start) = 1),
    business_date date NOT NULL,
    birth_date date NOT NULL,
    age_on date NOT NULL,
    first_month date NOT NULL CHECK (extract(day FROM first_month) = 1),
    last_month date CHECK (extract(day FROM last_month) = 1),
    credit_id uuid NOT NULL,
    account_id uuid NOT NULL,
    policy_id uuid NOT NULL,
    job_id uuid NOT NULL,
    proposal_id uuid NOT NULL,
    first_credit_id uuid,
    origin_credit_id uuid,
    revision smallint NOT NULL CHECK (revision >= 0),
    age_years smallint NOT NULL CHECK (age_years >= 0),
    min_age smallint NOT NULL CHECK (min_age >= 0),
    months smallint NOT NULL CHECK (months BETWEEN 0 AND 12),
    period text NOT NULL CHECK (period IN ('month', 'year')),
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    plan_code text NOT NULL CHECK (plan_code ~ '^[a-z][a-z0-9_]{1,39}$'),
    reason text NOT NULL CHECK (reason ~ '^[a-z_]{1,40}$'),
    PRIMARY KEY (person_key, period_start, plan_code, revision),
    CHECK ((revision = 0) = (first_credit_id IS NULL)),
    CHECK (revision > 0 OR (gross_fen = total_gross_fen AND deduction_fen = total_deduction_fen AND gross_fen > 0)),
    CHECK (revision = 0 OR gross_fen <> 0 OR deduction_fen <> 0),
    CHECK (receivable_fen = 0 OR gross_fen < deduction_fen),
    CHECK (period = 'month' OR extract(month FROM period_start) = 1)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
COMMENT ON TABLE pensioner_credit IS 'What pensioners were credited for a month or year of a plan (revision 0), and later differences (补发差额): append-only. The ledger entries of a row have its credit_id as operation_id';
COMMENT ON COLUMN pensioner_credit.person_key IS 'Person';
COMMENT ON COLUMN pensioner_credit.gross_fen IS 'Gross amount that this row posted, fen; negative: taken back';
COMMENT ON COLUMN pensioner_credit.deduction_fen IS 'Deduction that this row posted, fen; negative: given back. The net amount is gross_fen − deduction_fen';
COMMENT ON COLUMN pensioner_credit.total_gross_fen IS 'Sum of gross_fen for this person, plan, period and pool with this row, fen: what was due when it was posted';
COMMENT ON COLUMN pensioner_credit.total_deduction_fen IS 'Sum of deduction_fen likewise, fen';
COMMENT ON COLUMN pensioner_credit.receivable_fen IS 'Of a difference that takes money back: what was not there any more and is owed since, fen';
COMMENT ON COLUMN pensioner_credit.posted_at IS 'Instant of posting, business time';
COMMENT ON COLUMN pensioner_credit.period_start IS 'First day of the month or year that it is for';
COMMENT ON COLUMN pensioner_credit.business_date IS 'Business day of posting: that of its entries';
COMMENT ON COLUMN pensioner_credit.birth_date IS 'Date of birth that was reckoned with';
COMMENT ON COLUMN pensioner_credit.age_on IS 'Day on which age counted';
COMMENT ON COLUMN pensioner_credit.first_month IS 'First month of entitlement: the one after medical-insurance retirement (its first day)';
COMMENT ON COLUMN pensioner_credit.last_month IS 'Last month of entitlement: that of death (its first day); null for the living';
COMMENT ON COLUMN pensioner_credit.credit_id IS 'Public id; operation_id of its entries';
COMMENT ON COLUMN pensioner_credit.account_id IS 'Personal account that it was posted to';
COMMENT ON COLUMN pensioner_credit.policy_id IS 'Version of the plan that was reckoned with';
COMMENT ON COLUMN pensioner_credit.job_id IS 'Run or recomputation that posted it';
COMMENT ON COLUMN pensioner_credit.proposal_id IS 'Approved proposal of that';
COMMENT ON COLUMN pensioner_credit.first_credit_id IS 'Of a difference: the row of revision 0; null for that one';
COMMENT ON COLUMN pensioner_credit.origin_credit_id IS 'Of a copy that a merge of two records made: the row it was copied from, whose money came over with merge_in; null for all others';
COMMENT ON COLUMN pensioner_credit.revision IS '0: the credit; above: differences, in order';
COMMENT ON COLUMN pensioner_credit.age_years IS 'Age on age_on, whole years';
COMMENT ON COLUMN pensioner_credit.min_age IS 'Tier of the policy; that of the original where nothing is due any more';
COMMENT ON COLUMN pensioner_credit.months IS 'Months that it is for: 1, of a yearly plan 12 or fewer; 0 where nothing is due any more';
COMMENT ON COLUMN pensioner_credit.period IS 'month or year';
COMMENT ON COLUMN pensioner_credit.pool_code IS 'Pool whose pooled fund paid';
COMMENT ON COLUMN pensioner_credit.plan_code IS 'Plan';
COMMENT ON COLUMN pensioner_credit.reason IS 'credit; of a difference what changed: policy, person (birth date or retirement), not_entitled (death, enrolment) or merged';

CREATE TABLE credit_run (
    job_id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('credit_run', 'credit_recomputation')),
    region_code text NOT NULL CHECK (region_code ~ '^[0-9]{6}$'),
    from_month date NOT NULL CHECK (extract(day FROM from_month) = 1),
    to_month date NOT NULL CHECK (extract(day FROM to_month) = 1 AND to_month >= from_month),
    phase text NOT NULL DEFAULT 'checking' CHECK (phase IN ('checking', 'posting')),
    people_done bigint NOT NULL DEFAULT 0 CHECK (people_done >= 0),
    people_total bigint NOT NULL DEFAULT 0 CHECK (people_total >= 0),
    after_pool_code text NOT NULL DEFAULT '',
    after_plan_code text NOT NULL DEFAULT '',
    after_person_key bigint NOT NULL DEFAULT 0,
    CHECK (kind <> 'credit_run' OR from_month = to_month)
);
COMMENT ON TABLE credit_run IS 'Runs that credit pensioners for a month, and recomputations of months that were credited: how far they are';
COMMENT ON COLUMN credit_run.job_id IS 'Its job';
COMMENT ON COLUMN credit_run.kind IS 'credit_run or credit_recomputation';
COMMENT ON COLUMN credit_run.region_code IS 'Pool, province or 000000';
COMMENT ON COLUMN credit_run.from_month IS 'First month (its first day)';
COMMENT ON COLUMN credit_run.to_month IS 'Last month (its first day); of a run the same';
COMMENT ON COLUMN credit_run.phase IS 'checking or posting: what the place below belongs to';
COMMENT ON COLUMN credit_run.people_done IS 'People that this phase has looked at, once for each plan';
COMMENT ON COLUMN credit_run.people_total IS 'People that there are, counted when the phase began';
COMMENT ON COLUMN credit_run.after_pool_code IS 'Pool of the person looked at last; ~ when there was none';
COMMENT ON COLUMN credit_run.after_plan_code IS 'Plan that person was looked at for';
COMMENT ON COLUMN credit_run.after_person_key IS 'That person';

CREATE TABLE credit_run_pool (
    job_id uuid NOT NULL,
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    plan_code text NOT NULL CHECK (plan_code ~ '^[a-z][a-z0-9_]{1,39}$'),
    policy_id uuid,
    refusal text CHECK (refusal IN ('policy_missing', 'policy_incomplete', 'posting_month_not_reached')),
    PRIMARY KEY (job_id, pool_code, plan_code)
);
COMMENT ON TABLE credit_run_pool IS 'Plans that a run is about in each pool, with the versions that the approver was shown: if another one is in force later, nothing is posted by it';
COMMENT ON COLUMN credit_run_pool.job_id IS 'Its job';
COMMENT ON COLUMN credit_run_pool.pool_code IS 'Pool';
COMMENT ON COLUMN credit_run_pool.plan_code IS 'Plan';
COMMENT ON COLUMN credit_run_pool.policy_id IS 'Version in force for the month; null: none';
COMMENT ON COLUMN credit_run_pool.refusal IS 'Why nobody is credited there: policy_missing, policy_incomplete (its base is not known) or posting_month_not_reached; null: they are';

CREATE TABLE credit_run_tier (
    job_id uuid NOT NULL,
    phase text NOT NULL CHECK (phase IN ('checking', 'posting')),
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    plan_code text NOT NULL CHECK (plan_code ~ '^[a-z][a-z0-9_]{1,39}$'),
    min_age smallint NOT NULL,
    people bigint NOT NULL CHECK (people >= 0),
    gross_fen numeric NOT NULL,
    deduction_fen numeric NOT NULL,
    PRIMARY KEY (job_id, phase, pool_code, plan_code, min_age)
);
COMMENT ON TABLE credit_run_tier IS 'What a run found due (checking) and posted (posting), by pool, plan and tier';
COMMENT ON COLUMN credit_run_tier.job_id IS 'Its job';
COMMENT ON COLUMN credit_run_tier.phase IS 'checking: due; posting: posted';
COMMENT ON COLUMN credit_run_tier.pool_code IS 'Pool';
COMMENT ON COLUMN credit_run_tier.plan_code IS 'Plan';
COMMENT ON COLUMN credit_run_tier.min_age IS 'Tier';
COMMENT ON COLUMN credit_run_tier.people IS 'How many people';
COMMENT ON COLUMN credit_run_tier.gross_fen IS 'Their gross amounts, fen';
COMMENT ON COLUMN credit_run_tier.deduction_fen IS 'Their deductions, fen';

CREATE TABLE credit_run_skip (
    job_id uuid NOT NULL,
    phase text NOT NULL CHECK (phase IN ('checking', 'posting')),
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    plan_code text NOT NULL CHECK (plan_code ~ '^[a-z][a-z0-9_]{1,39}$'),
    reason text NOT NULL CHECK (reason ~ '^[a-z_]{1,40}$'),
    people bigint NOT NULL CHECK (people >= 0),
    PRIMARY KEY (job_id, phase, pool_code, plan_code, reason)
);
COMMENT ON TABLE credit_run_skip IS 'People that a run passed over, by reason';
COMMENT ON COLUMN credit_run_skip.job_id IS 'Its job';
COMMENT ON COLUMN credit_run_skip.phase IS 'checking or posting';
COMMENT ON COLUMN credit_run_skip.pool_code IS 'Pool';
COMMENT ON COLUMN credit_run_skip.plan_code IS 'Plan';
COMMENT ON COLUMN credit_run_skip.reason IS 'A status of credit_judge but due, a refusal of the pool (credit_run_pool), policy_changed (since it was approved) or balance_overflow';
COMMENT ON COLUMN credit_run_skip.people IS 'How many people';

CREATE TABLE credit_difference (
    job_id uuid NOT NULL,
    person_key bigint NOT NULL,
    credited_gross_fen bigint NOT NULL CHECK (credited_gross_fen >= 0),
    credited_deduction_fen bigint NOT NULL CHECK (credited_deduction_fen >= 0),
    due_gross_fen bigint NOT NULL CHECK (due_gross_fen >= 0),
    due_deduction_fen bigint NOT NULL CHECK (due_deduction_fen >= 0),
    period_start date NOT NULL,
    person_id uuid NOT NULL,
    account_id uuid,
    policy_id uuid,
    credit_id uuid,
    age_years smallint,
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    plan_code text NOT NULL,
    reason text NOT NULL CHECK (reason ~ '^[a-z_]{1,40}$'),
    status text NOT NULL CHECK (status ~ '^[a-z_]{1,40}$'),
    PRIMARY KEY (job_id, pool_code, person_key, period_start, plan_code)
);
COMMENT ON TABLE credit_difference IS 'What a recomputation found: people whose credits of a period in a pool differ from what is due now';
COMMENT ON COLUMN credit_difference.job_id IS 'Its job';
COMMENT ON COLUMN credit_difference.person_key IS 'Person';
COMMENT ON COLUMN credit_difference.credited_gross_fen IS 'Gross amount credited by the pool so far, fen';
COMMENT ON COLUMN credit_difference.credited_deduction_fen IS 'Deduction so far, fen';
COMMENT ON COLUMN credit_difference.due_gross_fen IS 'Gross amount due now, fen';
COMMENT ON COLUMN credit_difference.due_deduction_fen IS 'Deduction due now, fen';
COMMENT ON COLUMN credit_difference.period_start IS 'First day of the month or year';
COMMENT ON COLUMN credit_difference.person_id IS 'Public id of the person';
COMMENT ON COLUMN credit_difference.account_id IS 'Account that takes the difference; null: none can';
COMMENT ON COLUMN credit_difference.policy_id IS 'Version that was reckoned with; null where nothing is due';
COMMENT ON COLUMN credit_difference.credit_id IS 'The row that posted it; null before';
COMMENT ON COLUMN credit_difference.age_years IS 'Age that was reckoned with; null where nothing is due';
COMMENT ON COLUMN credit_difference.pool_code IS 'Pool that pays or takes back';
COMMENT ON COLUMN credit_difference.plan_code IS 'Plan';
COMMENT ON COLUMN credit_difference.reason IS 'What changed, as in pensioner_credit.reason';
COMMENT ON COLUMN credit_difference.status IS 'due, posted, changed (since it was shown: recompute again), or why it cannot be posted (no_account, account_closed, account_frozen, …)';

ALTER TABLE receivable ADD COLUMN credit_id uuid;
COMMENT ON COLUMN receivable.credit_id IS 'Difference of a pensioner credit that it arose from; null for other kinds';
ALTER TABLE receivable ALTER COLUMN contribution_id DROP NOT NULL;
COMMENT ON COLUMN receivable.contribution_id IS 'Contribution whose reversal it arose from; null for other kinds';
ALTER TABLE receivable DROP CONSTRAINT receivable_kind_check;
ALTER TABLE receivable ADD CONSTRAINT receivable_kind_check CHECK (CASE kind
    WHEN 'contribution_reversal' THEN contribution_id IS NOT NULL AND credit_id IS NULL
    WHEN 'pensioner_credit' THEN credit_id IS NOT NULL AND contribution_id IS NULL ELSE false END) NOT VALID;
COMMENT ON COLUMN receivable.kind IS 'What it arose from: contribution_reversal or pensioner_credit';

INSERT INTO entry_rule (entry_kind, direction, system_kind) VALUES
    ('pensioner_credit', 'credit', 'pooled_fund'),
    ('pensioner_credit', 'debit', 'pooled_fund'),
    ('credit_deduction', 'debit', 'critical_illness_deduction'),
    ('credit_deduction', 'credit', 'critical_illness_deduction');
INSERT INTO account_status_rule (status, operation, allowed)
SELECT status, 'credit', status IN ('active', 'suspended', 'spend_only', 'deceased')
  FROM unnest('{active,suspended,frozen,spend_only,deceased,closed}'::text[]) AS status;

GRANT SELECT, INSERT ON credit_policy, credit_policy_tier, credit_policy_deduction, pensioner_credit, credit_run, credit_run_pool,
    credit_run_tier, credit_run_skip, credit_difference TO yibao_app;
GRANT UPDATE (proposal_id, activated_at) ON credit_policy TO yibao_app;
GRANT UPDATE (phase, people_done, people_total, after_pool_code, after_plan_code, after_person_key) ON credit_run TO yibao_app;
GRANT UPDATE (people, gross_fen, deduction_fen) ON credit_run_tier TO yibao_app;
GRANT UPDATE (people) ON credit_run_skip TO yibao_app;
GRANT UPDATE (status, credit_id) ON credit_difference TO yibao_app;

-- migrate:down
DELETE FROM account_status_rule WHERE operation = 'credit';
DELETE FROM entry_rule WHERE entry_kind IN ('pensioner_credit', 'credit_deduction');
DELETE FROM receivable WHERE kind = 'pensioner_credit';
ALTER TABLE receivable DROP CONSTRAINT receivable_kind_check;
ALTER TABLE receivable ALTER COLUMN contribution_id SET NOT NULL;
ALTER TABLE receivable DROP COLUMN credit_id;
ALTER TABLE receivable ADD CONSTRAINT receivable_kind_check CHECK (kind IN ('contribution_reversal'));
DROP TABLE credit_difference, credit_run_skip, credit_run_tier, credit_run_pool, credit_run, pensioner_credit,
    credit_policy_deduction, credit_policy_tier, credit_policy;
