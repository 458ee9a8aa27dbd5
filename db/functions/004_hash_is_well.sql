-- Whether something has the form of what a process gives (hash_items).
-- SPDX-License-Identifier: Apache-2.0
CREATE OR REPLACE FUNCTION hash_is_well(given bytea) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT octet_length(given) IN (32, 34, 68)
$$;
COMMENT ON FUNCTION hash_is_well(bytea) IS 'Whether it has the form of what a process gives; null of null';
