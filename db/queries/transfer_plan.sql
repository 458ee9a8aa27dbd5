-- Tells which way transfers would go, why, what they would need, and all that speaks against them.
-- SPDX-License-Identifier: Apache-2.0
-- No row when the person is absent or out of the caller's reach; to_pool_code null when the region is in no pool.
-- mode: set
-- lane: read
-- repeatable: yes
-- param: person_key int8
-- param: person_id uuid
-- param: visible text
-- param: to_region_code text
-- param: to_scheme text
-- param: has_bank_card bool
-- param: today date
-- column: ord int8
-- column: from_pool_code text
-- column: from_pool_name text
-- column: from_scheme text
-- column: from_enrolment_id uuid
-- column: from_account_id uuid
-- column: balance_fen int8
-- column: to_pool_code text
-- column: to_pool_name text
-- column: to_enrolment_id uuid
-- column: way text
-- column: money text
-- column: reasons text (comma-joined)
-- column: refusals text (comma-joined)
-- column: warnings text (comma-joined)
-- column: withdrawal_reason text
-- column: out_check_days int4
-- column: in_check_days int4
-- column: out_review_days int4
-- column: in_review_days int4
-- column: due_on date (of the first step, were it applied for today)
-- column: documents_zh text
-- column: documents_en text
SELECT asked.ord, plan.from_pool_code, coalesce(old_pool.name, plan.from_pool_code), plan.from_scheme,
       plan.from_enrolment_id, plan.from_account_id,
       plan.balance_fen, new_pool.pool_code, new_pool.name,
       plan.to_enrolment_id, plan.way, plan.money, array_to_string(plan.reasons, ','),
       array_to_string(plan.refusals, ','), array_to_string(plan.warnings, ','), plan.withdrawal_reason,
       out_rule.check_days, in_rule.check_days, out_rule.out_review_days, in_rule.in_review_days,
       transfer_due_on(CASE plan.way WHEN 'payout' THEN 'transfer_payout' ELSE 'transfer' END, 'submitted',
                       plan.from_pool_code, new_pool.pool_code, asked.today), needed.zh, needed.en
  FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::date[]) WITH ORDINALITY
       AS asked (person_key, person_id, visible, region_code, scheme, has_bank_card, today, ord)
  JOIN person ON person.person_key = asked.person_key AND person.person_id = asked.person_id
  LEFT JOIN pool AS new_pool ON new_pool.pool_code = transfer_pool_of(asked.region_code)
  LEFT JOIN LATERAL transfer_plan(asked.person_key, new_pool.pool_code, asked.scheme, asked.has_bank_card,
                                  asked.today) AS plan ON new_pool.pool_code IS NOT NULL
  LEFT JOIN pool AS old_pool ON old_pool.pool_code = plan.from_pool_code
  LEFT JOIN LATERAL transfer_rule_at(plan.from_pool_code, asked.today) AS out_rule ON true
  LEFT JOIN LATERAL transfer_rule_at(new_pool.pool_code, asked.today) AS in_rule ON true
 CROSS JOIN LATERAL (
       SELECT coalesce(jsonb_agg(jsonb_build_object('document_kind', need.document_kind, 'name', need.name_zh,
                                                    'is_required', need.is_required)), '[]')::text AS zh,
              coalesce(jsonb_agg(jsonb_build_object('document_kind', need.document_kind, 'name', need.name_en,
                                                    'is_required', need.is_required)), '[]')::text AS en
         FROM transfer_materials(plan.from_pool_code, new_pool.pool_code, asked.person_key, NULL) AS need
        WHERE plan.way IS NOT NULL) AS needed
 WHERE transfer_is_in_reach(asked.person_key, asked.visible, plan.from_pool_code, new_pool.pool_code)
 ORDER BY asked.ord
