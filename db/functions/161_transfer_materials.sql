-- Which kinds of documents a transfer between two pools needs, and which of them have been handed in.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the transfer, null before there is one. Locks nothing. What either pool asks for is needed
-- (materials_needed); required ones come first.
CREATE OR REPLACE FUNCTION transfer_materials(
    from_pool_code text, to_pool_code text, asked_person_key bigint, asked_transfer_id uuid)
RETURNS TABLE (document_kind text, name_zh text, name_en text, is_required boolean, is_there boolean)
LANGUAGE plpgsql STABLE ROWS 5 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT DISTINCT ON (need.is_required, need.document_kind)
           need.document_kind, need.name_zh, need.name_en, need.is_required, need.is_there
      FROM (SELECT wanted.document_kind, wanted.name_zh, wanted.name_en, wanted.is_there,
                   bool_or(wanted.is_required) OVER (PARTITION BY wanted.document_kind) AS is_required, pool.place
              FROM unnest(ARRAY[from_pool_code, to_pool_code]) WITH ORDINALITY AS pool (code, place)
             CROSS JOIN LATERAL materials_needed(pool.code, 'transfer', asked_person_key, asked_transfer_id) AS wanted
             WHERE pool.code IS NOT NULL) AS need
     ORDER BY need.is_required DESC, need.document_kind, need.place;
END
$$;
COMMENT ON FUNCTION transfer_materials(text, text, bigint, uuid) IS
    'Which kinds of documents a transfer between two pools needs, and which of them have been handed in';
