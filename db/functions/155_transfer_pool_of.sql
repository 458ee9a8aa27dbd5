-- The pool that a region's code stands for when somebody moves there: its own, or that of what it lies in.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. Null where it lies in no pool, such as a province with several, or where there is no such region.
CREATE OR REPLACE FUNCTION transfer_pool_of(asked_region_code text)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    code text := asked_region_code;
BEGIN
    FOR step IN 1..3 LOOP
        EXIT WHEN code IS NULL OR EXISTS (SELECT FROM pool WHERE pool.pool_code = code);
        code := (SELECT region.parent_code FROM region WHERE region.region_code = code);
    END LOOP;
    RETURN (SELECT pool.pool_code FROM pool WHERE pool.pool_code = code);
END
$$;
COMMENT ON FUNCTION transfer_pool_of(text) IS
    'The pool that a region''s code stands for when somebody moves there; null where it lies in none';
