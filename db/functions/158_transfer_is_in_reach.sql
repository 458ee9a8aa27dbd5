-- Whether staff who see certain pools may act on a person's transfer between two pools.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: comma-joined LIKE patterns, null for who sees all and for citizens; from_pool_code null: there is
-- nothing to transfer. Locks none. They see the person anyway, and theirs is the old pool or the new one.
CREATE OR REPLACE FUNCTION transfer_is_in_reach(
    asked_person_key bigint, visible text, from_pool_code text, to_pool_code text)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN visible IS NULL
        OR (person_is_visible(asked_person_key, visible)
            AND (from_pool_code IS NULL OR from_pool_code LIKE ANY (string_to_array(visible, ','))
                 OR to_pool_code LIKE ANY (string_to_array(visible, ','))));
END
$$;
COMMENT ON FUNCTION transfer_is_in_reach(bigint, text, text, text) IS
    'Whether staff who see certain pools may act on a person''s transfer between two pools';
