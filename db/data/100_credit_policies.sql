-- Policies of pensioner credits, of credit_policies.csv, active as they are shipped.
-- SPDX-License-Identifier: Apache-2.0
-- A version is never changed: what is there stays, whatever the file says by then. Another rule is another version.
-- Locks: none but on new rows. Outcomes: the number of versions inserted.
WITH named AS (
    SELECT loaded.*, overlay(overlay(md5('credit_policy ' || region || ' '
                                         || plan || ' ' || version) PLACING '8' FROM 13)
                             PLACING 'a' FROM 17)::uuid AS policy_id
      FROM loaded
), inserted AS (
    INSERT INTO credit_policy (policy_id, region_code, plan_code, version, effective_from, plan_kind, period,
                               posting_month, is_pro_rated, age_basis, base_fen, rounding, legal_basis, source,
                               created_at, activated_at)
    SELECT named.policy_id, named.region, named.plan, named.version::integer, named.effective_from::date,
           named.plan_kind, named.period, named.posting_month::smallint, named.is_pro_rated::boolean, named.age_basis,
           named.base_fen::bigint, named.rounding, named.legal_basis, named.source, shipped.at, shipped.at
      FROM named
     CROSS JOIN LATERAL (SELECT named.effective_from::timestamp AT TIME ZONE 'Asia/Shanghai' AS at) AS shipped
        ON CONFLICT DO NOTHING
    RETURNING credit_policy.policy_id, credit_policy.plan_kind
), tiers AS (
    INSERT INTO credit_policy_tier (policy_id, min_age, amount_fen, ratio_bp)
    SELECT inserted.policy_id, split_part(tier, ':', 1)::smallint,
           CASE inserted.plan_kind WHEN 'fixed' THEN split_part(tier, ':', 2)::bigint END,
           CASE inserted.plan_kind WHEN 'ratio' THEN split_part(tier, ':', 2)::integer END
      FROM inserted
      JOIN named ON named.policy_id = inserted.policy_id
     CROSS JOIN LATERAL unnest(string_to_array(named.tiers, ';')) AS tier
), deductions AS (
    INSERT INTO credit_policy_deduction (policy_id, kind, amount_fen)
    SELECT inserted.policy_id, split_part(deduction, ':', 1), split_part(deduction, ':', 2)::bigint
      FROM inserted
      JOIN named ON named.policy_id = inserted.policy_id
     CROSS JOIN LATERAL unnest(string_to_array(named.deductions, ';')) AS deduction
)
SELECT inserted.policy_id FROM inserted
