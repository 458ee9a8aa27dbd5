-- What people call a pool, province or the nation.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. A plain SELECT, so that the planner inlines it. The code itself where there is no name.
CREATE OR REPLACE FUNCTION region_name(asked_region_code text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
SELECT coalesce((SELECT pool.name FROM pool WHERE pool.pool_code = asked_region_code),
                (SELECT region.name FROM region WHERE region.region_code = asked_region_code), asked_region_code)
$$;
COMMENT ON FUNCTION region_name(text) IS
    'What people call a pool, province or the nation, in Chinese; the code where there is no name';
