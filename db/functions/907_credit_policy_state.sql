-- How far a version of a plan is: draft, proposed (somebody is to approve it) or active.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. A plain expression, so that the planner inlines it.
CREATE OR REPLACE FUNCTION credit_policy_state(policy_id uuid, activated_at timestamptz) RETURNS text
    LANGUAGE sql STABLE
RETURN CASE WHEN activated_at IS NOT NULL THEN 'active'
            WHEN EXISTS (SELECT FROM proposal
                          WHERE proposal.object_id = credit_policy_state.policy_id
                            AND proposal.kind = 'activate_credit_policy' AND proposal.state = 'open') THEN 'proposed'
            ELSE 'draft' END;
COMMENT ON FUNCTION credit_policy_state(uuid, timestamptz) IS
    'How far a version of a plan is: draft, proposed or active';
