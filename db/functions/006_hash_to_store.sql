-- Which hash of what a process gave some time ago (hash_items) is to be stored now.
-- SPDX-License-Identifier: Apache-2.0
CREATE OR REPLACE FUNCTION hash_to_store(of_purpose text, given bytea) RETURNS TABLE (hash bytea, key_version smallint)
    LANGUAGE sql STABLE AS $$
SELECT item.hash, item.key_version
  FROM hash_items(given) AS item
 ORDER BY EXISTS (SELECT FROM data_key WHERE purpose = of_purpose AND version = item.key_version
                                         AND coalesce(stage, 'looked') = 'looked') DESC, item.key_version DESC
 LIMIT 1
$$;
COMMENT ON FUNCTION hash_to_store(text, bytea) IS
    'Of what a process gave some time ago: the hash and version that are looked up by now; no row of null';
