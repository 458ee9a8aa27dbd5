-- Notes who the newcomers of a slice turned out to be.
-- SPDX-License-Identifier: Apache-2.0
UPDATE import_checked
SET known_key = identifier.person_key, known_id = identifier.person_id
FROM import_row, current_identifier AS identifier
WHERE import_checked.position > $1 AND import_checked.position <= $2 AND import_checked.is_ready
  AND import_checked.known_key IS NULL AND import_row.line = import_checked.line
  AND identifier.kind = 'citizen_number' AND identifier.hash = import_row.citizen_hash
