-- Stores drafts of versions of plans, each with an audit event.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each draft. tiers: from age:amount in fen, or from age:ratio in basis points,
-- and deductions: kind:amount in fen, both joined by semicolons, as in credit_policies.csv. Instants in real time. Ids
-- come from the caller, so executing it again stores nothing twice. The caller has checked all that a version cannot
-- be.
-- Locks: of the plans (advisory, in order), so that two who draft at once get two versions.
-- Outcomes: one row for each member, in order. status:
--   unknown_region   neither a pool nor a province nor 000000
--   created          it is a draft (or was stored already, when asked again)
CREATE OR REPLACE FUNCTION credit_policy_create(
    policy_ids uuid[], region_codes text[], plan_codes text[], effective_froms date[], plan_kinds text[],
    periods text[], posting_months smallint[], are_pro_rated boolean[], age_bases text[], bases_fen bigint[],
    roundings text[], legal_bases text[], sources text[], tiers text[], deductions text[], event_ids uuid[],
    instants timestamptz[], actor_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
    PERFORM credit_plan_lock(plan_codes);
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.*,
               a.region_code = '000000' OR EXISTS (SELECT FROM pool WHERE pool.pool_code = a.region_code)
               OR EXISTS (SELECT FROM region WHERE region.region_code = a.region_code
                          AND region.level = 'province') AS is_known
          FROM unnest(policy_ids, region_codes, plan_codes, effective_froms, plan_kinds, periods, posting_months,
                      are_pro_rated, age_bases, bases_fen, roundings, legal_bases, sources, tiers, deductions,
                      event_ids, instants, actor_ids, request_ids) WITH ORDINALITY
               AS a (policy_id, region_code, plan_code, effective_from, plan_kind, period, posting_month, is_pro_rated,
                     age_basis, base_fen, rounding, legal_basis, source, tiers, deductions, event_id, instant,
                     actor_id, request_id, ord)
    ), fresh AS MATERIALIZED (
        SELECT asked.*,
               (SELECT coalesce(max(p.version), 0) FROM credit_policy AS p
                 WHERE p.region_code = asked.region_code AND p.plan_code = asked.plan_code)
               + row_number() OVER (PARTITION BY asked.region_code, asked.plan_code ORDER BY asked.ord) AS version
          FROM asked
         WHERE asked.is_known AND NOT EXISTS (SELECT FROM credit_policy AS p WHERE p.policy_id = asked.policy_id)
    ), stored AS (
        INSERT INTO credit_policy (policy_id, region_code, plan_code, version, effective_from, plan_kind, period,
                                   posting_month, is_pro_rated, age_basis, base_fen, rounding, legal_basis, source,
                                   created_by, created_at)
        SELECT f.policy_id, f.region_code, f.plan_code, f.version, f.effective_from, f.plan_kind, f.period,
               f.posting_month, f.is_pro_rated, f.age_basis, f.base_fen, f.rounding, f.legal_basis, f.source,
               f.actor_id, f.instant
          FROM fresh AS f
    ), of_tier AS (
        INSERT INTO credit_policy_tier (policy_id, min_age, amount_fen, ratio_bp)
        SELECT f.policy_id, split_part(tier, ':', 1)::smallint,
               CASE f.plan_kind WHEN 'fixed' THEN split_part(tier, ':', 2)::bigint END,
               CASE f.plan_kind WHEN 'ratio' THEN split_part(tier, ':', 2)::integer END
          FROM fresh AS f
         CROSS JOIN LATERAL unnest(string_to_array(f.tiers, ';')) AS tier
    ), of_deduction AS (
        INSERT INTO credit_policy_deduction (policy_id, kind, amount_fen)
        SELECT f.policy_id, split_part(deduction, ':', 1), split_part(deduction, ':', 2)::bigint
          FROM fresh AS f
         CROSS JOIN LATERAL unnest(string_to_array(f.deductions, ';')) AS deduction
    ), recorded AS (
        INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, object_id, pool_code, request_id, detail)
        SELECT f.event_id, f.instant, 'staff', f.actor_id, 'create_credit_policy', f.policy_id,
               nullif(f.region_code, '000000'), f.request_id,
               jsonb_build_object('plan_code', f.plan_code, 'version', f.version)
          FROM fresh AS f
    )
    SELECT asked.ord, CASE WHEN asked.is_known THEN 'created' ELSE 'unknown_region' END FROM asked ORDER BY asked.ord;
END
$$;
COMMENT ON FUNCTION credit_policy_create(uuid[], text[], text[], date[], text[], text[], smallint[], boolean[], text[],
    bigint[], text[], text[], text[], text[], text[], uuid[], timestamptz[], uuid[], text[]) IS
    'Stores drafts of versions of plans; one status row for each member: created or unknown_region';
