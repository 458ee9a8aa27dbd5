-- Recomputations of pensioner credits: what each found and posted, summed while it works.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE credit_difference_sum (
    job_id uuid NOT NULL,
    phase text NOT NULL CHECK (phase IN ('checking', 'posting')),
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    plan_code text NOT NULL CHECK (plan_code ~ '^[a-z][a-z0-9_]{1,39}$'),
    reason text NOT NULL CHECK (reason ~ '^[a-z_]{1,40}$'),
    status text NOT NULL CHECK (status ~ '^[a-z_]{1,40}$'),
    people bigint NOT NULL CHECK (people >= 0),
    people_up bigint NOT NULL CHECK (people_up >= 0),
    people_down bigint NOT NULL CHECK (people_down >= 0),
    differences bigint NOT NULL CHECK (differences >= 0),
    gross_up_fen numeric NOT NULL CHECK (gross_up_fen >= 0),
    gross_down_fen numeric NOT NULL CHECK (gross_down_fen >= 0),
    deduction_fen numeric NOT NULL,
    net_up_fen numeric NOT NULL CHECK (net_up_fen >= 0),
    net_down_fen numeric NOT NULL CHECK (net_down_fen >= 0),
    receivable_fen numeric NOT NULL CHECK (receivable_fen >= 0),
    PRIMARY KEY (job_id, phase, pool_code, plan_code, reason, status)
);
COMMENT ON TABLE credit_difference_sum IS 'Sums of credit_difference: as they were found (checking), and what became of those that were due (posting)';
COMMENT ON COLUMN credit_difference_sum.job_id IS 'Its recomputation';
COMMENT ON COLUMN credit_difference_sum.phase IS 'checking: as found; posting: what became of those that were due';
COMMENT ON COLUMN credit_difference_sum.pool_code IS 'Pool that pays or takes back';
COMMENT ON COLUMN credit_difference_sum.plan_code IS 'Plan';
COMMENT ON COLUMN credit_difference_sum.reason IS 'What changed, as in credit_difference.reason';
COMMENT ON COLUMN credit_difference_sum.status IS 'As in credit_difference.status';
COMMENT ON COLUMN credit_difference_sum.people IS 'How many people';
COMMENT ON COLUMN credit_difference_sum.people_up IS 'Those of them who get something, all their differences here together';
COMMENT ON COLUMN credit_difference_sum.people_down IS 'Those of them from whom something is taken';
COMMENT ON COLUMN credit_difference_sum.differences IS 'How many differences, one for each person and period';
COMMENT ON COLUMN credit_difference_sum.gross_up_fen IS 'Gross amounts that are more now, fen';
COMMENT ON COLUMN credit_difference_sum.gross_down_fen IS 'Gross amounts that are less now, fen';
COMMENT ON COLUMN credit_difference_sum.deduction_fen IS 'Change of the deductions, fen; negative: given back';
COMMENT ON COLUMN credit_difference_sum.net_up_fen IS 'Net amounts that accounts get, fen';
COMMENT ON COLUMN credit_difference_sum.net_down_fen IS 'Net amounts that are taken from accounts, fen';
COMMENT ON COLUMN credit_difference_sum.receivable_fen IS 'Of what was taken: what was not there any more and is owed since, fen; 0 while checking';
GRANT SELECT, INSERT ON credit_difference_sum TO yibao_app;
GRANT UPDATE (people, people_up, people_down, differences, gross_up_fen, gross_down_fen, deduction_fen, net_up_fen, net_down_fen,
    receivable_fen) ON credit_difference_sum TO yibao_app;

COMMENT ON COLUMN credit_run_skip.reason IS 'Of a run: a status of credit_judge but due, a refusal of the pool (credit_run_pool), policy_changed (since it was approved) or balance_overflow; of a recomputation, what it cannot judge: policy_missing, policy_incomplete, period_changed, enrolment_suspended or pooled_only';

-- migrate:down
DROP TABLE credit_difference_sum;
