-- Whether a stored hash, of whichever version, is that of the value that a process gives (hash_items).
-- SPDX-License-Identifier: Apache-2.0
CREATE OR REPLACE FUNCTION hash_is(stored bytea, given bytea) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT stored = hash_looked(given) OR coalesce(stored = hash_other(given), false)
$$;
COMMENT ON FUNCTION hash_is(bytea, bytea) IS
    'Whether a stored hash, of whichever version, is that of the value; null where either is';
