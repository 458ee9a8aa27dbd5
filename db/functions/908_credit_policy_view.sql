-- One version of a plan as replies show it.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. VOLATILE, so that behind a function that stores one (LEFT JOIN LATERAL) it sees what that one did.
-- tiers and deductions are JSON. holds_from and holds_until: the months in which it is in force in its own region,
-- until the next active version of the region and plan (null: none follows); both null while it is not active, and
-- where a higher version of the same month is. proposal_id: of an open proposal, or of the one that activated it.
CREATE OR REPLACE FUNCTION credit_policy_view(asked_policy_id uuid)
RETURNS TABLE (
    policy_id uuid, region_code text, plan_code text, version integer, effective_from text, plan_kind text, period text,
    posting_month smallint, is_pro_rated boolean, age_basis text, base_fen bigint, is_complete boolean, tiers text,
    deductions text, rounding text, legal_basis text, source text, state text, proposal_id uuid, holds_from text,
    holds_until text, created_by uuid, created_at timestamptz, activated_at timestamptz)
LANGUAGE sql VOLATILE ROWS 1
AS $$
SELECT p.policy_id, p.region_code, p.plan_code, p.version, to_char(p.effective_from, 'YYYY-MM'), p.plan_kind, p.period,
       p.posting_month, p.is_pro_rated, p.age_basis, p.base_fen, p.plan_kind = 'fixed' OR p.base_fen IS NOT NULL,
       (SELECT json_agg(json_build_object('min_age', t.min_age, 'amount_fen', t.amount_fen, 'ratio_bp', t.ratio_bp)
                        ORDER BY t.min_age)::text
          FROM credit_policy_tier AS t WHERE t.policy_id = p.policy_id),
       (SELECT coalesce(json_agg(json_build_object('kind', d.kind,
                                                   'amount_fen', d.amount_fen) ORDER BY d.kind), '[]')::text
          FROM credit_policy_deduction AS d WHERE d.policy_id = p.policy_id),
       p.rounding, p.legal_basis, p.source, credit_policy_state(p.policy_id, p.activated_at),
       coalesce(p.proposal_id, (SELECT waiting.proposal_id FROM proposal AS waiting
                                 WHERE p.activated_at IS NULL AND waiting.object_id = p.policy_id
                                   AND waiting.kind = 'activate_credit_policy' AND waiting.state = 'open')),
       CASE WHEN holds.is_ever THEN to_char(p.effective_from, 'YYYY-MM') END,
       CASE WHEN holds.is_ever THEN to_char(holds.before - interval '1 month', 'YYYY-MM') END,
       p.created_by, p.created_at, p.activated_at
  FROM credit_policy AS p
 CROSS JOIN LATERAL (
       SELECT p.activated_at IS NOT NULL
           AND count(*) FILTER (WHERE other.effective_from = p.effective_from) = 0 AS is_ever,
              min(other.effective_from) FILTER (WHERE other.effective_from > p.effective_from) AS before
         FROM credit_policy AS other
        WHERE other.region_code = p.region_code AND other.plan_code = p.plan_code AND other.activated_at IS NOT NULL
          AND (other.effective_from, other.version) > (p.effective_from, p.version)) AS holds
 WHERE p.policy_id = asked_policy_id
$$;
COMMENT ON FUNCTION credit_policy_view(uuid) IS 'One version of a plan as replies show it';
