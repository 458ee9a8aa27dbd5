-- Finds the row that was read for a checked one.
-- SPDX-License-Identifier: Apache-2.0
CREATE UNIQUE INDEX ON import_row (line)
