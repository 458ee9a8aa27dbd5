-- The next slice of persons: those of at most 2,000 accounts from $1 on. Null when fewer are left.
-- SPDX-License-Identifier: Apache-2.0
SELECT CASE WHEN count(*) = 2000 THEN max(slice.person_key) END
FROM (SELECT person_key FROM account WHERE person_key >= $1::bigint ORDER BY person_key LIMIT 2000) AS slice
