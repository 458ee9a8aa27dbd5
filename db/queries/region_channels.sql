-- Lists the channels of regions: of their pool, else of their province, else of the nation, for each kind by itself.
-- SPDX-License-Identifier: Apache-2.0
-- A county belongs to the pool of its city or of its province. One row without a channel where there is none at all, no
-- row for an unknown region.
-- mode: set
-- lane: read
-- repeatable: yes
-- param: region_code text
-- param: kind text
-- column: ord int8
-- column: pool_code text
-- column: channel_code text
-- column: kind text
-- column: level text
-- column: level_code text
-- column: name text
-- column: can_do text
-- column: hotline text
-- column: url text
-- column: address text
-- column: opening_hours text
-- column: what_to_bring text
-- column: steps text
SELECT asked.ord, home.pool_code, channel.channel_code, channel.kind, channel.level, channel.pool_code, channel.name,
       channel.can_do, channel.hotline, channel.url, channel.address, channel.opening_hours, channel.what_to_bring,
       channel.steps
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (region_code, kind, ord)
  JOIN region ON region.region_code = asked.region_code
  LEFT JOIN LATERAL (SELECT pool.pool_code
                       FROM pool
                      WHERE pool.pool_code IN (asked.region_code, region.parent_code,
                                             left(asked.region_code, 2) || '0000')
                      ORDER BY pool.pool_code = asked.region_code DESC, pool.pool_code = region.parent_code DESC
                      LIMIT 1) AS home ON true
  LEFT JOIN LATERAL (SELECT candidate.*, step.level,
                            rank() OVER (PARTITION BY candidate.kind ORDER BY step.place) AS place
                       FROM (VALUES (1, 'pool', home.pool_code), (2, 'province', left(asked.region_code, 2) || '0000'),
                                    (3, 'nation', '000000')) AS step (place, level, code)
                       JOIN channel AS candidate ON candidate.pool_code = step.code
                      WHERE candidate.removed_at IS NULL
                        AND (asked.kind IS NULL OR candidate.kind = asked.kind)) AS channel ON channel.place = 1
 ORDER BY asked.ord, channel.kind DESC, channel.channel_code
