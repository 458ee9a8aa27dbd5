-- What the checks found wrong: line, code, column, and the line it clashes with.
-- SPDX-License-Identifier: Apache-2.0
SELECT checked.line, fault.code, fault.field, fault.other_line
FROM import_checked AS checked
CROSS JOIN LATERAL (VALUES
    (checked.is_pool_unknown, 'pool_unknown', 'pool_code', NULL),
    (checked.is_duplicate, 'duplicate_in_file', '', checked.first_line),
    (checked.is_person_unknown, 'person_unknown', 'citizen_number', NULL),
    (checked.is_name_different, 'name_differs', 'name', NULL),
    (checked.is_conflict, 'conflict', '', NULL),
    (checked.is_account_missing, 'account_missing', 'pool_code', NULL),
    (checked.is_account_closed, 'account_closed', 'pool_code', NULL),
    (checked.is_already_posted, 'already_posted', 'as_of', NULL),
    (checked.is_overflowing, 'balance_overflow', '', NULL)
) AS fault (is_found, code, field, other_line)
WHERE NOT (checked.is_ready OR checked.is_unchanged) AND fault.is_found
