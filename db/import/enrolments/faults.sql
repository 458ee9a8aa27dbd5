-- What the checks found wrong: line, code, column, and the line it clashes with.
-- SPDX-License-Identifier: Apache-2.0
SELECT checked.line, fault.code, fault.field, fault.other_line
FROM import_checked AS checked
CROSS JOIN LATERAL (VALUES
    (checked.is_pool_unknown, 'pool_unknown', 'pool_code', NULL),
    (checked.is_duplicate, 'duplicate_in_file', '', checked.other_line),
    (checked.is_name_different, 'name_differs', 'name', NULL),
    (checked.is_card_taken, 'card_taken', 'card_number', NULL),
    (checked.is_conflict, 'conflict', '', NULL),
    (checked.is_active_twice, 'active_enrolment', 'status', nullif(checked.active_line, checked.line))
) AS fault (is_found, code, field, other_line)
WHERE NOT checked.is_clean AND fault.is_found
