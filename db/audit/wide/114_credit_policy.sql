-- I5: each version of a plan is whole and of one kind; each that counts was shipped,
-- or approved by who neither drafted nor proposed it.
-- SPDX-License-Identifier: Apache-2.0
-- Plans concern nobody in particular: they are looked at with the person of key 0, who does not exist. That a version
-- that was used has not changed is held by 112_credit, which reckons every credit of it again.
WITH version AS (
    SELECT policy.*, count(*) OVER (PARTITION BY region_code, plan_code, version) AS same,
           tier.number, tier.misfits, tier.floors
    FROM credit_policy AS policy
    LEFT JOIN (SELECT tier.policy_id, count(*) AS number, count(DISTINCT tier.min_age) AS floors,
                      count(*) FILTER (WHERE (tier.amount_fen IS NULL) <> (of.plan_kind = 'ratio')
                                          OR (tier.ratio_bp IS NULL) <> (of.plan_kind = 'fixed')
                                          OR coalesce(tier.amount_fen, tier.ratio_bp) < 0) AS misfits
               FROM credit_policy_tier AS tier
               JOIN credit_policy AS of USING (policy_id)
               GROUP BY tier.policy_id) AS tier USING (policy_id)
    WHERE 0 BETWEEN $1::bigint AND $2::bigint
)
SELECT 'credit_policy', version.policy_id::text, fault.column_name, fault.expected, fault.found
FROM version
LEFT JOIN proposal ON proposal.proposal_id = version.proposal_id
CROSS JOIN LATERAL (
    SELECT 'version', '1 version of that number', version.same::text WHERE version.same > 1
    UNION ALL
    SELECT 'plan_kind', 'tiers of its kind, each from an age of its own',
           CASE WHEN version.number IS NULL THEN 'no tiers' ELSE version.misfits || ' others' END
    WHERE version.number IS NULL OR version.misfits > 0 OR version.floors <> version.number
    UNION ALL
    SELECT 'base_fen', 'none but of a ratio', version.base_fen::text
    WHERE version.base_fen <= 0 OR (version.base_fen IS NOT NULL AND version.plan_kind <> 'ratio')
    UNION ALL
    SELECT 'posting_month', 'one of a yearly plan only', coalesce(version.posting_month::text, 'none')
    WHERE (version.posting_month BETWEEN 1 AND 12) IS NOT TRUE <> (version.period <> 'year')
       OR (version.period = 'month' AND version.posting_month IS NOT NULL)
    UNION ALL
    SELECT 'is_pro_rated', 'false of a monthly plan', 'true' WHERE version.period = 'month' AND version.is_pro_rated
    UNION ALL
    SELECT 'effective_from', 'the first day of a month', version.effective_from::text
    WHERE date_trunc('month', version.effective_from::timestamp) <> version.effective_from
    UNION ALL
    SELECT 'proposal_id', 'an approved proposal to put it in force', coalesce(proposal.state, 'none')
    WHERE version.activated_at IS NOT NULL AND (version.created_by IS NOT NULL OR version.proposal_id IS NOT NULL)
      AND (proposal.state = 'approved' AND proposal.kind = 'activate_credit_policy'
           AND proposal.object_id = version.policy_id
           AND proposal.decided_by <> proposal.proposed_by
           AND proposal.decided_by IS DISTINCT FROM version.created_by) IS NOT TRUE
    UNION ALL
    SELECT 'activated_at', 'an instant: it was approved', 'null'
    WHERE version.activated_at IS NULL AND version.proposal_id IS NOT NULL
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'credit_policy_tier', tier.policy_id || '/' || tier.min_age, 'policy_id', 'a version of a plan', 'none'
FROM credit_policy_tier AS tier
LEFT JOIN credit_policy USING (policy_id)
WHERE 0 BETWEEN $1::bigint AND $2::bigint AND credit_policy.plan_code IS NULL
UNION ALL
SELECT 'credit_policy_deduction', taken.policy_id || '/' || taken.kind, fault.column_name, fault.expected, fault.found
FROM credit_policy_deduction AS taken
LEFT JOIN credit_policy USING (policy_id)
CROSS JOIN LATERAL (
    SELECT 'policy_id', 'a version of a plan', 'none' WHERE credit_policy.plan_code IS NULL
    UNION ALL
    SELECT 'kind', 'critical_illness', taken.kind WHERE taken.kind <> 'critical_illness'
    UNION ALL
    SELECT 'amount_fen', 'above 0', taken.amount_fen::text WHERE taken.amount_fen <= 0
) AS fault (column_name, expected, found)
WHERE 0 BETWEEN $1::bigint AND $2::bigint
UNION ALL
SELECT 'proposal', proposal.proposal_id::text, 'object_id', 'a version that it put in force', 'none'
FROM proposal
LEFT JOIN credit_policy AS made ON made.policy_id = proposal.object_id AND made.proposal_id = proposal.proposal_id
                               AND made.activated_at IS NOT NULL
WHERE 0 BETWEEN $1::bigint AND $2::bigint AND proposal.kind = 'activate_credit_policy' AND proposal.state = 'approved'
  AND made.policy_id IS NULL
