-- Reads how accounts of pools are charged on a day, and what they may pay for where.
-- SPDX-License-Identifier: Apache-2.0
-- A county belongs to the pool of its city or of its province. One row for each type of institution and usage, with
-- the rule on each; no row for what is no pool and belongs to none.
-- mode: set
-- lane: read
-- repeatable: yes
-- param: region_code text
-- param: day date
-- column: ord int8
-- column: pool_code text
-- column: pays_first text
-- column: account_day_limit_fen int8
-- column: provider_day_limit_fen int8
-- column: hold_max_hours int4
-- column: shows_balance bool
-- column: payer_order text
-- column: rule_region_code text
-- column: effective_from date
-- column: rule_source text
-- column: institution_type text
-- column: usage text
-- column: is_allowed bool
-- column: usage_region_code text
-- column: usage_source text
SELECT asked.ord, home.pool_code, rule.pays_first, rule.account_day_limit_fen, rule.provider_day_limit_fen,
       rule.hold_max_hours, rule.shows_balance, array_to_string(rule.payer_order, ','), rule.region_code,
       rule.effective_from, rule.source, kind.institution_type, thing.usage, permission.is_allowed,
       CASE WHEN decider.allowed = permission.is_allowed THEN decider.region_code ELSE '000000' END,
       CASE WHEN decider.allowed = permission.is_allowed THEN decider.source END
  FROM unnest($1::text[], $2::date[]) WITH ORDINALITY AS asked (region_code, day, ord)
  JOIN region ON region.region_code = asked.region_code
  JOIN LATERAL (SELECT pool.*
                  FROM pool
                 WHERE pool.pool_code IN (asked.region_code, region.parent_code, left(asked.region_code, 2) || '0000')
                 ORDER BY pool.pool_code = asked.region_code DESC, pool.pool_code = region.parent_code DESC
                 LIMIT 1) AS home ON true
  CROSS JOIN LATERAL charge_rule_at(home.pool_code, asked.day) AS rule
  CROSS JOIN (VALUES (1, 'hospital'), (2, 'clinic'), (3, 'pharmacy')) AS kind (place, institution_type)
  CROSS JOIN (VALUES (1, 'medicine'), (2, 'device'), (3, 'consumable'), (4, 'treatment'), (5, 'premium'))
             AS thing (place, usage)
  CROSS JOIN LATERAL (SELECT usage_is_allowed(home.pool_code, kind.institution_type, thing.usage) AS is_allowed)
             AS permission
  -- Who takes it away, the nearest first; else the nation, which allows it, or has no row and so does not.
  LEFT JOIN LATERAL (
       SELECT usage_rule.region_code, usage_rule.allowed, usage_rule.source
         FROM (VALUES (1, home.pool_code), (2, home.policy_parent_code), (3, home.province_code), (4, '000000'))
              AS level (nearness, region_code)
         JOIN usage_rule ON usage_rule.region_code = level.region_code
              AND usage_rule.institution_type = kind.institution_type AND usage_rule.usage = thing.usage
        ORDER BY usage_rule.allowed, CASE WHEN usage_rule.allowed THEN -level.nearness ELSE level.nearness END
        LIMIT 1) AS decider ON true
 ORDER BY asked.ord, kind.place, thing.place
