-- Whether a list of regions covers a pool: 000000 covers all, XX0000 its province, anything else itself.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. A plain expression, so that the planner inlines it.
CREATE OR REPLACE FUNCTION regions_cover(regions text[], pool_code text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regions && ARRAY['000000', pool_code, left(pool_code, 2) || '0000'];
COMMENT ON FUNCTION regions_cover(text[], text) IS 'Whether a list of regions covers a pool';
