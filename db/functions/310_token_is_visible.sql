-- Whether a token, or a client, may be managed from these regions: it has some, and none lies outside them.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. `visible` is comma-joined LIKE patterns of region codes; `regions` are those of a staff token, or of
-- the client that a client's token stands for. A citizen's token opens whatever is that person's anywhere, so only who
-- sees every region manages those; that caller does not ask.
CREATE OR REPLACE FUNCTION token_is_visible(kind text, regions text[], visible text)
RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
SELECT kind IN ('client', 'staff') AND cardinality(regions) > 0
   AND NOT EXISTS (SELECT FROM unnest(regions) AS held (region_code)
                    WHERE NOT held.region_code LIKE ANY (string_to_array(visible, ',')))
$$;
COMMENT ON FUNCTION token_is_visible(text, text[], text) IS
    'Whether a staff or client token has regions, each LIKE one of the comma-separated patterns';
