-- Which documents transfers and withdrawals need, of material_rules.csv.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: rows that differ. Outcomes: the number of rows inserted or updated.
INSERT INTO material_rule (region_code, purpose, document_kind, is_required, name_zh, name_en, source)
SELECT region, purpose, document_kind, is_required::boolean, name_zh, name_en, source
  FROM loaded
    ON CONFLICT (region_code, purpose, document_kind) DO UPDATE
   SET is_required = excluded.is_required, name_zh = excluded.name_zh, name_en = excluded.name_en,
       source = excluded.source
 WHERE material_rule IS DISTINCT FROM excluded
