-- What the good rows come to: the sum they would credit, and the pools they belong to.
-- SPDX-License-Identifier: Apache-2.0
SELECT coalesce(sum(current_year_fen + carried_over_fen) FILTER (WHERE is_ready), 0),
       array_agg(DISTINCT pool_code) FILTER (WHERE is_ready OR is_unchanged)
FROM import_checked
