-- The version of the key to look up by, of what a process gives (hash_items).
-- SPDX-License-Identifier: Apache-2.0
CREATE OR REPLACE FUNCTION hash_version(given bytea) RETURNS smallint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE octet_length(given) WHEN 32 THEN 1 ELSE get_byte(given, 0) * 256 + get_byte(given, 1) END::smallint
$$;
COMMENT ON FUNCTION hash_version(bytea) IS 'Of what a process gives: the version of the key that is looked up by';
