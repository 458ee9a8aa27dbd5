-- The hash to look up by, of what a process gives (hash_items).
-- SPDX-License-Identifier: Apache-2.0
CREATE OR REPLACE FUNCTION hash_looked(given bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE octet_length(given) WHEN 32 THEN given ELSE substr(given, 3, 32) END
$$;
COMMENT ON FUNCTION hash_looked(bytea) IS 'Of what a process gives: the hash that is looked up by';
