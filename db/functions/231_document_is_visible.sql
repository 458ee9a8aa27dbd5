-- Whether one of the pools of a transfer or withdrawal is the caller's to see.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. visible: comma-joined LIKE patterns of pool codes, null for every pool.
CREATE OR REPLACE FUNCTION document_is_visible(pool_codes text[], visible text) RETURNS boolean
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN visible IS NULL
        OR EXISTS (SELECT FROM unnest(pool_codes) AS pool (code)
                    WHERE pool.code LIKE ANY (string_to_array(visible, ',')));
END
$$;
COMMENT ON FUNCTION document_is_visible(text[], text) IS
    'Whether one of the pools of a transfer or withdrawal is the caller''s to see';
