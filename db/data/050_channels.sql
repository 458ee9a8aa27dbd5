-- Channels of channels.csv; those that staff changed or took away stay as they are.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: rows that differ. Outcomes: the number of rows inserted or updated.
INSERT INTO channel (pool_code, channel_code, kind, name, can_do, hotline, url, address, opening_hours, what_to_bring,
                     steps, source)
SELECT pool, channel, kind, name, can_do, hotline, url, address, opening_hours, what_to_bring, steps, source FROM loaded
ON CONFLICT (pool_code, kind, channel_code) DO UPDATE
SET name = excluded.name, can_do = excluded.can_do, hotline = excluded.hotline, url = excluded.url,
    address = excluded.address, opening_hours = excluded.opening_hours, what_to_bring = excluded.what_to_bring,
    steps = excluded.steps, source = excluded.source
WHERE channel.maintained_by = 'file'
  AND (channel.name, channel.can_do, channel.hotline, channel.url, channel.address, channel.opening_hours,
       channel.what_to_bring, channel.steps, channel.source) IS DISTINCT FROM
      (excluded.name, excluded.can_do, excluded.hotline, excluded.url, excluded.address, excluded.opening_hours,
       excluded.what_to_bring, excluded.steps, excluded.source)
