-- Whether a job may be seen from these regions: every pool of its file, or of who asked for it, lies in them.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. `visible` is comma-joined LIKE patterns of region codes; null: everything may be seen. Jobs of the
-- system have neither, and only who sees every region sees them.
CREATE OR REPLACE FUNCTION job_is_visible(pool_codes text[], regions text[], visible text)
RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
SELECT visible IS NULL
    OR (coalesce(pool_codes, regions) IS NOT NULL
        AND NOT EXISTS (SELECT FROM unnest(coalesce(pool_codes, regions)) AS held (region_code)
                         WHERE NOT held.region_code LIKE ANY (string_to_array(visible, ','))))
$$;
COMMENT ON FUNCTION job_is_visible(text[], text[], text) IS
    'Whether all pools of the job''s file, or regions of who asked for it, are LIKE one of the comma-separated '
    'patterns';
