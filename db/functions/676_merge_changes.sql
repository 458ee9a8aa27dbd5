-- What a proposal to merge shows to who decides: of both records who they are, and what the duplicate holds.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: an array as proposal_view reads it: the duplicate's values before, the survivor's after.
-- Sealed values are bound to their rows, so each of the two has a change of its own.
-- birth_date and sex are in it where they differ.
CREATE OR REPLACE FUNCTION merge_changes(duplicate person, survivor person) RETURNS jsonb
    LANGUAGE sql STABLE AS $$
SELECT jsonb_agg(change.item ORDER BY change.place)
  FROM (SELECT 1, jsonb_build_object('field', 'person_id', 'before', duplicate.person_id, 'after', survivor.person_id)
         UNION ALL
        SELECT 1 + side.place, jsonb_build_object('field', one.field, 'sealed', 'person.' || one.field,
                                                  'row_id', side.person_id,
               CASE side.place WHEN 1 THEN 'before' ELSE 'after' END, encode(one.sealed, 'hex'))
          FROM (VALUES (1, duplicate.person_id, duplicate.name_sealed, duplicate.citizen_number_sealed),
                       (2, survivor.person_id, survivor.name_sealed, survivor.citizen_number_sealed))
               AS side (place, person_id, name_sealed, citizen_number_sealed)
         CROSS JOIN LATERAL (VALUES ('name', side.name_sealed), ('citizen_number', side.citizen_number_sealed))
               AS one (field, sealed)
         UNION ALL
        SELECT 4, jsonb_build_object('field', 'birth_date', 'before', duplicate.birth_date,
                                     'after', survivor.birth_date)
         WHERE duplicate.birth_date <> survivor.birth_date
         UNION ALL
        SELECT 5, jsonb_build_object('field', 'sex', 'before', duplicate.sex, 'after', survivor.sex)
         WHERE duplicate.sex <> survivor.sex
         UNION ALL
        SELECT 6, jsonb_build_object('field', 'balance_fen', 'before',
               coalesce(sum(account.current_year_fen + account.carried_over_fen), 0)::text, 'after', '0')
          FROM account WHERE account.person_key = duplicate.person_key) AS change (place, item)
$$;
COMMENT ON FUNCTION merge_changes(person, person) IS 'What a proposal to merge shows to who decides';
