-- The end of the next range of keys of persons from $1 on, for tables not keyed by person. Null: the last.
-- SPDX-License-Identifier: Apache-2.0
-- Each range reads such a table whole, so there are as few as some 4 million rows of 256 bytes for one allow.
SELECT CASE WHEN first + width < 4611686018427387904 THEN (first + width - 1)::bigint END
FROM (SELECT greatest($1::bigint, 0)::numeric AS first,
             ceil(4611686018427387904 / ceil(greatest(pg_relation_size('idempotency_key'),
                                                      pg_relation_size('business_number'), 1)
                                             / (256 * 4000000.0))) AS width) AS step
