-- Reads one page of versions of credit policies, newest first.
-- SPDX-License-Identifier: Apache-2.0
-- What is active is public; drafts show to those whose regions cover theirs.
-- The columns after the status are those of credit_policy_get.
-- lane: slow
-- repeatable: yes
-- param: visible text
-- param: before_at instant
-- param: before_policy_id uuid
-- param: region_code text
-- param: plan_code text
-- param: state text
-- param: row_limit int8
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
SELECT 1::bigint, 'done', shown.*
  FROM (SELECT p.policy_id, p.created_at
          FROM credit_policy AS p
         WHERE (p.created_at, p.policy_id) < ($2::timestamptz, $3::uuid)
           AND (p.activated_at IS NOT NULL OR $1::text IS NULL OR p.region_code LIKE ANY (string_to_array($1, ',')))
           AND ($4::text IS NULL OR p.region_code = $4) AND ($5::text IS NULL OR p.plan_code = $5)
           AND ($6::text IS NULL OR credit_policy_state(p.policy_id, p.activated_at) = $6)
         ORDER BY p.created_at DESC, p.policy_id DESC
         LIMIT $7) AS page
 CROSS JOIN LATERAL credit_policy_view(page.policy_id) AS shown
 ORDER BY page.created_at DESC, page.policy_id DESC
