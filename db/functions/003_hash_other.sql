-- The hash of the other version that is written while a key changes, of what a process gives (hash_items).
-- SPDX-License-Identifier: Apache-2.0
CREATE OR REPLACE FUNCTION hash_other(given bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE octet_length(given) WHEN 68 THEN substr(given, 37, 32) END
$$;
COMMENT ON FUNCTION hash_other(bytea) IS
    'Of what a process gives: the hash of the other version while a key changes; else null';
