-- Whether a token may be managed by someone whose regions are these: a staff token with no region outside them.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. `visible` is comma-joined LIKE patterns of region codes. Tokens of citizens and clients have no region, so only who sees
-- every region manages them; that caller does not ask.
CREATE OR REPLACE FUNCTION token_is_visible(kind text, regions text[], visible text)
RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
SELECT kind = 'staff' AND cardinality(regions) > 0
   AND NOT EXISTS (SELECT FROM unnest(regions) AS held (region_code)
                    WHERE NOT held.region_code LIKE ANY (string_to_array(visible, ',')))
$$;
COMMENT ON FUNCTION token_is_visible(text, text[], text) IS
    'Whether it is a staff token, every region of which is LIKE one of the comma-separated patterns';
