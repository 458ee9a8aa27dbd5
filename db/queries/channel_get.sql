-- Reads channels of the directory as they stand at their own place, without what is inherited.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: read
-- repeatable: yes
-- param: pool_code text
-- param: kind text
-- param: channel_code text
-- column: ord int8
-- column: pool_code text
-- column: kind text
-- column: channel_code text
-- column: name text
-- column: can_do text
-- column: hotline text
-- column: url text
-- column: address text
-- column: opening_hours text
-- column: what_to_bring text
-- column: steps text
-- column: maintained_by text
SELECT asked.ord, channel.pool_code, channel.kind, channel.channel_code, channel.name, channel.can_do, channel.hotline,
       channel.url, channel.address, channel.opening_hours, channel.what_to_bring, channel.steps, channel.maintained_by
  FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS asked (pool_code, kind, channel_code, ord)
  JOIN channel ON channel.pool_code = asked.pool_code AND channel.kind = asked.kind
   AND channel.channel_code = asked.channel_code
 WHERE channel.removed_at IS NULL
 ORDER BY asked.ord
