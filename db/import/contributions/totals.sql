-- What the good rows come to: the sum they would credit less what they take back, and the pools they belong to.
-- SPDX-License-Identifier: Apache-2.0
SELECT coalesce(sum(CASE kind WHEN 'refund' THEN -personal_fen ELSE personal_fen END)
                FILTER (WHERE is_ready AND is_posting), 0),
       array_agg(DISTINCT pool_code) FILTER (WHERE is_ready OR is_unchanged)
FROM import_checked
