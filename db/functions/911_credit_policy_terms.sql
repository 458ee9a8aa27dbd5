-- What a version of a plan says, field by field as texts, in the order in which people are shown it.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Amounts in fen, ratios in basis points; tiers and deductions in the form of credit_policies.csv. No row
-- where there is no such version.
CREATE OR REPLACE FUNCTION credit_policy_terms(asked_policy_id uuid)
RETURNS TABLE (place integer, field text, value text)
LANGUAGE sql STABLE AS $$
SELECT term.*
  FROM credit_policy AS p
 CROSS JOIN LATERAL (VALUES
       (1, 'region_code', p.region_code), (2, 'plan_code', p.plan_code), (3, 'version', p.version::text),
       (4, 'effective_from', to_char(p.effective_from, 'YYYY-MM')), (5, 'plan_kind', p.plan_kind),
       (6, 'period', p.period),
       (7, 'posting_month', p.posting_month::text), (8, 'is_pro_rated', p.is_pro_rated::text),
       (9, 'age_basis', p.age_basis),
       (10, 'base_fen', p.base_fen::text),
       (11, 'tiers', (SELECT string_agg(t.min_age || ':' || coalesce(t.amount_fen, t.ratio_bp), ';' ORDER BY t.min_age)
                        FROM credit_policy_tier AS t WHERE t.policy_id = p.policy_id)),
       (12, 'deductions', (SELECT string_agg(d.kind || ':' || d.amount_fen, ';' ORDER BY d.kind)
                             FROM credit_policy_deduction AS d WHERE d.policy_id = p.policy_id)),
       (13, 'rounding', p.rounding), (14, 'legal_basis', p.legal_basis),
       (15, 'source', p.source)) AS term (place, field, value)
 WHERE p.policy_id = asked_policy_id
$$;
COMMENT ON FUNCTION credit_policy_terms(uuid) IS 'What a version of a plan says, field by field as texts';
