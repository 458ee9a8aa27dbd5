-- Reads a credit, or a later difference, with everything that it came from.
-- SPDX-License-Identifier: Apache-2.0
-- `before` is the row of the same period, plan and pool that came just before a difference; null for the first one of a
-- pool.
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: credit_id uuid
-- param: with_birth_date bool
-- column: person_id uuid
-- column: account_pool_code text
-- column: credit_id uuid
-- column: account_id uuid
-- column: pool_code text
-- column: pool_name text
-- column: plan_code text
-- column: period text
-- column: period_shown text
-- column: period_start date
-- column: revision int8
-- column: reason text
-- column: first_credit_id uuid
-- column: origin_credit_id uuid
-- column: business_date date
-- column: posted_at instant
-- column: policy_id uuid
-- column: policy_region_code text
-- column: policy_region_name text
-- column: version int8
-- column: effective_from date
-- column: plan_kind text
-- column: posting_month int8
-- column: is_pro_rated bool
-- column: age_basis text
-- column: rounding text
-- column: legal_basis text
-- column: source text
-- column: base_fen int8
-- column: looked_up text
-- column: birth_date date
-- column: age_on date
-- column: age_years int8
-- column: min_age int8
-- column: below_age int8
-- column: amount_fen int8
-- column: ratio_bp int8
-- column: first_month date
-- column: retired_month date
-- column: last_month date
-- column: months int8
-- column: period_months int8
-- column: gross_dividend int8
-- column: gross_divisor int8
-- column: deduction_dividend int8
-- column: deductions text
-- column: gross_fen int8
-- column: deduction_fen int8
-- column: net_fen int8
-- column: receivable_fen int8
-- column: due_gross_fen int8
-- column: due_deduction_fen int8
-- column: due_net_fen int8
-- column: credited_gross_fen int8
-- column: credited_deduction_fen int8
-- column: credited_net_fen int8
-- column: before_credit_id uuid
-- column: before_policy_id uuid
-- column: before_policy_region_code text
-- column: before_version int8
-- column: before_base_fen int8
-- column: before_amount_fen int8
-- column: before_ratio_bp int8
-- column: before_birth_date date
-- column: before_age_years int8
-- column: before_min_age int8
-- column: before_first_month date
-- column: before_last_month date
-- column: before_months int8
-- column: entries text
-- column: is_deceased bool
-- column: is_other_birth_date bool
-- column: is_other_first_month bool
-- column: is_other_last_month bool
-- column: is_past_last_month bool
-- column: is_before_first_month bool
SELECT account.person_id, account.pool_code, credit.credit_id, credit.account_id, credit.pool_code,
       region_name(credit.pool_code), credit.plan_code, credit.period,
       to_char(credit.period_start, CASE credit.period WHEN 'month' THEN 'YYYY-MM' ELSE 'YYYY' END),
       credit.period_start, credit.revision::bigint, credit.reason, credit.first_credit_id, credit.origin_credit_id,
       credit.business_date, credit.posted_at, policy.policy_id, policy.region_code, region_name(policy.region_code),
       policy.version::bigint, policy.effective_from, policy.plan_kind, policy.posting_month::bigint,
       policy.is_pro_rated, policy.age_basis, policy.rounding, policy.legal_basis, policy.source, policy.base_fen,
       (SELECT jsonb_agg(jsonb_build_object('level', l.level, 'region_code', l.region_code,
                                            'region_name', l.region_name,
                                            'has_policy', l.has_policy) ORDER BY l.place)
          FROM credit_policy_levels(credit.pool_code, policy.region_code) AS l)::text,
       CASE WHEN $3 THEN credit.birth_date END, credit.age_on, credit.age_years::bigint, credit.min_age::bigint,
            terms.below_age::bigint,
       terms.amount_fen, terms.ratio_bp::bigint, credit.first_month, (credit.first_month - interval '1 month')::date,
       credit.last_month, credit.months::bigint, terms.period_months::bigint, terms.gross_dividend,
       terms.gross_divisor::bigint, terms.deducted_fen * credit.months,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', d.kind, 'amount_fen', d.amount_fen) ORDER BY d.kind), '[]')
          FROM credit_policy_deduction AS d WHERE d.policy_id = policy.policy_id)::text,
       credit.gross_fen, credit.deduction_fen, credit.gross_fen - credit.deduction_fen, credit.receivable_fen,
       credit.total_gross_fen, credit.total_deduction_fen, credit.total_gross_fen - credit.total_deduction_fen,
       credit.total_gross_fen - credit.gross_fen, credit.total_deduction_fen - credit.deduction_fen,
       credit.total_gross_fen - credit.gross_fen - (credit.total_deduction_fen - credit.deduction_fen),
       before.credit_id, before.policy_id, earlier.region_code, earlier.version::bigint, earlier.base_fen,
       was.amount_fen, was.ratio_bp::bigint, CASE WHEN $3 THEN before.birth_date END, before.age_years::bigint,
       before.min_age::bigint, before.first_month, before.last_month, before.months::bigint,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('entry_id', entry.entry_id, 'seq', entry.seq, 'kind', entry.kind,
                                                     'part', entry.part, 'direction', entry.direction,
                                                     'amount_fen', entry.amount_fen) ORDER BY entry.seq), '[]')
          FROM ledger_entry AS entry
         WHERE entry.person_key = credit.person_key AND entry.account_id = credit.account_id
           AND entry.posted_at = credit.posted_at AND entry.operation_id = credit.credit_id)::text,
       person.deceased_on IS NOT NULL, coalesce(before.birth_date <> credit.birth_date, false),
       coalesce(before.first_month <> credit.first_month, false),
       before.credit_id IS NOT NULL AND before.last_month IS DISTINCT FROM credit.last_month,
       coalesce(credit.last_month < span.last_month, false), credit.first_month > span.last_month
  FROM pensioner_credit AS credit
  JOIN person ON person.person_key = credit.person_key
  JOIN account ON account.person_key = credit.person_key AND account.account_id = credit.account_id
  JOIN credit_policy AS policy ON policy.policy_id = credit.policy_id
 CROSS JOIN LATERAL (SELECT CASE credit.period WHEN 'month' THEN credit.period_start
                                 ELSE (credit.period_start + interval '11 months')::date END AS last_month) AS span
  LEFT JOIN LATERAL credit_terms(policy.policy_id, credit.min_age, credit.months) AS terms ON true
  LEFT JOIN LATERAL (SELECT earlier.*
                       FROM pensioner_credit AS earlier
                      WHERE earlier.person_key = credit.person_key AND earlier.period_start = credit.period_start
                        AND earlier.plan_code = credit.plan_code AND earlier.pool_code = credit.pool_code
                        AND earlier.revision < credit.revision
                      ORDER BY earlier.revision DESC
                      LIMIT 1) AS before ON true
  LEFT JOIN credit_policy AS earlier ON earlier.policy_id = before.policy_id
  LEFT JOIN LATERAL credit_terms(before.policy_id, before.min_age, before.months) AS was ON true
 WHERE credit.person_key = $1 AND credit.credit_id = $2
