-- Reads which plans of pensioner credits are in force in regions for a month, and where each was found.
-- SPDX-License-Identifier: Apache-2.0
-- A county belongs to the pool of its city or of its province; provinces and 000000 are answered as such. One row
-- without a plan where none is in force, no row for an unknown region.
-- mode: set
-- lane: read
-- repeatable: yes
-- param: region_code text
-- param: month date
-- column: ord int8
-- column: month text
-- column: pool_code text
-- column: found_level text
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
SELECT asked.ord, to_char(asked.month, 'YYYY-MM'), CASE WHEN home.is_pool THEN home.code END,
       CASE WHEN found.region_code = '000000' THEN 'nation'
            WHEN EXISTS (SELECT FROM pool WHERE pool.pool_code = found.region_code) THEN 'pool' ELSE 'province' END,
       shown.policy_id, shown.region_code, shown.plan_code, shown.version, shown.effective_from, shown.plan_kind,
       shown.period, shown.posting_month, shown.is_pro_rated, shown.age_basis, shown.base_fen, shown.is_complete,
       shown.tiers, shown.deductions, shown.rounding, shown.legal_basis, shown.source
  FROM unnest($1::text[], $2::date[]) WITH ORDINALITY AS asked (region_code, month, ord)
 CROSS JOIN LATERAL (
       SELECT level.code, level.is_pool
         FROM (SELECT 0 AS place, '000000' AS code, false AS is_pool WHERE asked.region_code = '000000'
                UNION ALL
               SELECT CASE pool.pool_code WHEN asked.region_code THEN 1 WHEN region.parent_code THEN 2 ELSE 3 END,
                      pool.pool_code, true
                 FROM region
                 JOIN pool ON pool.pool_code IN (asked.region_code, region.parent_code,
                                                 left(asked.region_code, 2) || '0000')
                WHERE region.region_code = asked.region_code
                UNION ALL
               SELECT 4, region.region_code, false
                 FROM region WHERE region.region_code = asked.region_code AND region.level = 'province') AS level
        ORDER BY level.place
        LIMIT 1) AS home
  LEFT JOIN LATERAL (
       SELECT held.policy_id, held.region_code
         FROM (SELECT DISTINCT p.plan_code
                 FROM region_levels(home.code) AS level
                 JOIN credit_policy AS p ON p.region_code = level.region_code AND p.activated_at IS NOT NULL) AS plan
        CROSS JOIN LATERAL credit_policy_at(home.code, plan.plan_code, asked.month) AS held) AS found ON true
  LEFT JOIN LATERAL credit_policy_view(found.policy_id) AS shown ON true
 ORDER BY asked.ord, shown.plan_code
