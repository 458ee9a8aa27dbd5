-- What a process gives as the keyed hash of a value: one item for each version of the key that is written at the time.
-- SPDX-License-Identifier: Apache-2.0
-- An item is the version (2 bytes) and the hash (32 bytes); the first is of the version that is looked up by. 32 bytes
-- alone are a hash of version 1.
CREATE OR REPLACE FUNCTION hash_items(given bytea) RETURNS TABLE (hash bytea, key_version smallint)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT hash_looked(given), hash_version(given) WHERE given IS NOT NULL
UNION ALL
SELECT hash_other(given), (get_byte(given, 34) * 256 + get_byte(given, 35))::smallint WHERE octet_length(given) = 68
$$;
COMMENT ON FUNCTION hash_items(bytea) IS 'Of what a process gives: every hash with the version of its key';
