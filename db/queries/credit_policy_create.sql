-- Stores drafts of versions of credit policies and shows them.
-- SPDX-License-Identifier: Apache-2.0
-- The columns after the status are those of credit_policy_get.
-- mode: set
-- lane: write
-- repeatable: yes
-- param: policy_id uuid
-- param: region_code text
-- param: plan_code text
-- param: effective_from date
-- param: plan_kind text
-- param: period text
-- param: posting_month int2
-- param: is_pro_rated bool
-- param: age_basis text
-- param: base_fen int8
-- param: rounding text
-- param: legal_basis text
-- param: source text
-- param: tiers text
-- param: deductions text
-- param: event_id uuid
-- param: at instant
-- param: actor_id uuid
-- param: request_id text
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
SELECT done.ord, done.status, shown.*
  FROM credit_policy_create($1::uuid[], $2::text[], $3::text[], $4::date[], $5::text[], $6::text[], $7::smallint[],
                            $8::boolean[], $9::text[], $10::bigint[], $11::text[], $12::text[], $13::text[],
                            $14::text[], $15::text[], $16::uuid[], $17::timestamptz[], $18::uuid[], $19::text[]) AS done
  LEFT JOIN LATERAL credit_policy_view(CASE WHEN done.status = 'created' THEN ($1::uuid[])[done.ord::int] END) AS shown
                    ON true
 ORDER BY done.ord
