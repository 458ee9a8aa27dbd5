-- Whether a token may be managed from these regions: a client's, or a staff token with no region outside them.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. `visible` is comma-joined LIKE patterns of region codes. Clients belong to no region. A citizen's
-- token opens whatever is
-- that person's anywhere, so only who sees every region manages those; that caller does not ask.
CREATE OR REPLACE FUNCTION token_is_visible(kind text, regions text[], visible text)
RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
SELECT kind = 'client'
    OR (kind = 'staff' AND cardinality(regions) > 0
        AND NOT EXISTS (SELECT FROM unnest(regions) AS held (region_code)
                         WHERE NOT held.region_code LIKE ANY (string_to_array(visible, ','))))
$$;
COMMENT ON FUNCTION token_is_visible(text, text[], text) IS
    'Whether it is a client token, or a staff token every region of which is LIKE one of the comma-separated patterns';
