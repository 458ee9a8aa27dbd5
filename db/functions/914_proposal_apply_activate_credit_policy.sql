-- Applies approved proposals of kind activate_credit_policy: the version counts from its month on.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments and outcomes as proposal_apply has them. Locks: of the plans (credit_plan_lock), then the rows. One after
-- another: what the first puts in force may be what the second must not contradict.
-- Outcomes: applied with the version; conflict where credit_policy_fault says so by now, or for who drafted the
-- version, though somebody else submitted it.
CREATE OR REPLACE FUNCTION proposal_apply_activate_credit_policy(
    proposal_ids uuid[], instant timestamptz, actors uuid[], request_ids text[])
RETURNS TABLE (proposal_id uuid, status text, outcome jsonb)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    business_month date := date_trunc('month', instant AT TIME ZONE 'Asia/Shanghai')::date;
    asked record;
BEGIN
    PERFORM credit_plan_lock(array_agg(p.plan_code))
       FROM proposal
       JOIN credit_policy AS p ON p.policy_id = proposal.object_id
      WHERE proposal.proposal_id = ANY (proposal_ids);
    FOR asked IN
        SELECT waiting.proposal_id, p.policy_id, p.region_code, p.plan_code, p.version, p.effective_from
          FROM proposal AS waiting
          JOIN credit_policy AS p ON p.policy_id = waiting.object_id
         WHERE waiting.proposal_id = ANY (proposal_ids)
         ORDER BY waiting.proposal_id
    LOOP
        UPDATE credit_policy AS p
           SET proposal_id = asked.proposal_id, activated_at = instant
         WHERE p.policy_id = asked.policy_id AND credit_policy_fault(asked.policy_id, business_month) IS NULL
           AND p.created_by IS DISTINCT FROM actors[array_position(proposal_ids, asked.proposal_id)];
        RETURN QUERY
        SELECT asked.proposal_id, CASE WHEN FOUND THEN 'applied' ELSE 'conflict' END,
               CASE WHEN FOUND THEN jsonb_build_object('policy_id', asked.policy_id, 'region_code', asked.region_code,
                        'plan_code', asked.plan_code, 'version', asked.version,
                        'effective_from', to_char(asked.effective_from, 'YYYY-MM')) END;
    END LOOP;
END
$$;
COMMENT ON FUNCTION proposal_apply_activate_credit_policy(uuid[], timestamptz, uuid[], text[]) IS
    'Applies approved proposals to put versions of plans in force; one row for each: applied, or conflict';
