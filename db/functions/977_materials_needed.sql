-- Which kinds of documents are needed for a purpose in a pool, and which of them have been handed in.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: purpose of material_rule; the transfer or withdrawal, null before there is one. Locks nothing.
-- Outcomes: a row for each kind, required ones first; the nearest region's row of a kind holds.
CREATE OR REPLACE FUNCTION materials_needed(
    asked_pool_code text, asked_purpose text, asked_person_key bigint, asked_object_id uuid)
RETURNS TABLE (document_kind text, name_zh text, name_en text, is_required boolean, is_there boolean)
LANGUAGE sql STABLE
AS $$
SELECT rule.document_kind, rule.name_zh, rule.name_en, rule.is_required,
       EXISTS (SELECT FROM document
                WHERE document.person_key = asked_person_key AND document.object_id = asked_object_id
                  AND document.document_kind = rule.document_kind AND document.removed_at IS NULL)
  FROM (SELECT DISTINCT ON (near.document_kind) near.*
          FROM region_levels(asked_pool_code) AS level
          JOIN material_rule AS near ON near.region_code = level.region_code AND near.purpose = asked_purpose
         ORDER BY near.document_kind, level.nearness) AS rule
 ORDER BY rule.is_required DESC, rule.document_kind
$$;
COMMENT ON FUNCTION materials_needed(text, text, bigint, uuid) IS
    'Which kinds of documents are needed for a purpose in a pool, and which of them have been handed in';
