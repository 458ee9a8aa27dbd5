-- The runtime role drafts versions of credit policies and puts them in force by proposals; one that is proposed or active gains nothing.
-- SPDX-License-Identifier: Apache-2.0
-- By rows, since grants only tell columns apart. The owner, who loads what is shipped, is not held by it.
-- migrate:up
ALTER TABLE credit_policy ENABLE ROW LEVEL SECURITY;
ALTER TABLE credit_policy_tier ENABLE ROW LEVEL SECURITY;
ALTER TABLE credit_policy_deduction ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody_reads ON credit_policy FOR SELECT USING (true);
CREATE POLICY everybody_reads ON credit_policy_tier FOR SELECT USING (true);
CREATE POLICY everybody_reads ON credit_policy_deduction FOR SELECT USING (true);
CREATE POLICY drafts_are_stored ON credit_policy FOR INSERT TO yibao_app WITH CHECK (activated_at IS NULL AND created_by IS NOT NULL);
CREATE POLICY drafts_are_activated ON credit_policy FOR UPDATE TO yibao_app
    USING (activated_at IS NULL) WITH CHECK (activated_at IS NOT NULL AND proposal_id IS NOT NULL);
CREATE POLICY drafts_have_tiers ON credit_policy_tier FOR INSERT TO yibao_app WITH CHECK (NOT EXISTS (
    SELECT FROM credit_policy AS version
     WHERE version.policy_id = credit_policy_tier.policy_id
       AND (version.activated_at IS NOT NULL
            OR EXISTS (SELECT FROM proposal
                        WHERE proposal.object_id = version.policy_id AND proposal.kind = 'activate_credit_policy'
                          AND proposal.state = 'open'))));
CREATE POLICY drafts_have_deductions ON credit_policy_deduction FOR INSERT TO yibao_app WITH CHECK (NOT EXISTS (
    SELECT FROM credit_policy AS version
     WHERE version.policy_id = credit_policy_deduction.policy_id
       AND (version.activated_at IS NOT NULL
            OR EXISTS (SELECT FROM proposal
                        WHERE proposal.object_id = version.policy_id AND proposal.kind = 'activate_credit_policy'
                          AND proposal.state = 'open'))));

-- migrate:down
DROP POLICY everybody_reads ON credit_policy;
DROP POLICY everybody_reads ON credit_policy_tier;
DROP POLICY everybody_reads ON credit_policy_deduction;
DROP POLICY drafts_are_stored ON credit_policy;
DROP POLICY drafts_are_activated ON credit_policy;
DROP POLICY drafts_have_tiers ON credit_policy_tier;
DROP POLICY drafts_have_deductions ON credit_policy_deduction;
ALTER TABLE credit_policy DISABLE ROW LEVEL SECURITY;
ALTER TABLE credit_policy_tier DISABLE ROW LEVEL SECURITY;
ALTER TABLE credit_policy_deduction DISABLE ROW LEVEL SECURITY;
