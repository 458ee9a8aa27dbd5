-- Reads versions of credit policies.
-- SPDX-License-Identifier: Apache-2.0
-- What is active is public; drafts show to those whose regions cover theirs.
-- mode: set
-- lane: read
-- repeatable: yes
-- param: policy_id uuid
-- param: visible text
-- column: ord int8
-- column: status text
-- column: policy_id uuid
-- column: region_code text
-- column: plan_code text
-- column: version int4
-- column: effective_from text
-- column: plan_kind text
-- column: period text
-- column: posting_month int2
-- column: is_pro_rated bool
-- column: age_basis text
-- column: base_fen int8
-- column: is_complete bool
-- column: tiers text
-- column: deductions text
-- column: rounding text
-- column: legal_basis text
-- column: source text
-- column: state text
-- column: proposal_id uuid
-- column: holds_from text
-- column: holds_until text
-- column: created_by uuid
-- column: created_at instant
-- column: activated_at instant
SELECT asked.ord, 'done', shown.*
  FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS asked (policy_id, visible, ord)
 CROSS JOIN LATERAL credit_policy_view(asked.policy_id) AS shown
 WHERE shown.activated_at IS NOT NULL OR asked.visible IS NULL
    OR shown.region_code LIKE ANY (string_to_array(asked.visible, ','))
 ORDER BY asked.ord
