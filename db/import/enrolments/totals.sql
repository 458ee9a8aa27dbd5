-- What the good rows come to: no money, and the pools they belong to.
-- SPDX-License-Identifier: Apache-2.0
SELECT 0, array_agg(DISTINCT pool_code) FILTER (WHERE is_ready OR is_unchanged)
FROM import_checked JOIN import_row USING (line)
