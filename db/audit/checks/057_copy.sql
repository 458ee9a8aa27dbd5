-- Merged contributions: each record of an alias has one copy at the current person,
-- each copy its origin with the same content.
-- SPDX-License-Identifier: Apache-2.0
-- The origin of a copy is the record that was imported, never itself a copy, at a person whose records were merged into
-- the same one. Only the status of a copy may go on: from posted to reversed, from recorded to withdrawn. Where the
-- current person had the same document, the copy's has ' #' and the first half of an id behind it.
WITH record AS (
    SELECT contribution.*, alias.current_person_key,
           ('x' || right(origin_contribution_id::text, 12))::bit(48)::bigint
           + (('x' || substr(origin_contribution_id::text, 20, 4))::bit(16)::bigint & 16383) * 281474976710656
               AS origin_key
    FROM contribution
    LEFT JOIN person_alias AS alias ON alias.person_key = contribution.person_key AND alias.reason = 'merged'
    WHERE contribution.person_key BETWEEN $1::bigint AND $2::bigint
)
SELECT 'contribution', copy.contribution_id::text,
       'origin_contribution_id', 'a record with the same content at an alias',
       'none'
FROM record AS copy
WHERE copy.origin_contribution_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM contribution AS origin
                  JOIN person_alias AS alias ON alias.person_key = origin.person_key
                  WHERE origin.person_key = copy.origin_key AND origin.period = copy.period
                    AND origin.scheme = copy.scheme AND origin.kind = copy.kind
                    AND origin.contribution_id = copy.origin_contribution_id AND origin.origin_contribution_id IS NULL
                    AND alias.current_person_key = coalesce(copy.current_person_key, copy.person_key)
                    AND to_jsonb(origin)
                        - '{person_key,contribution_id,origin_contribution_id,source_document,status}'::text[]
                        = to_jsonb(copy)
                        - '{person_key,contribution_id,origin_contribution_id,source_document,status}'::text[]
                        - '{current_person_key,origin_key}'::text[]
                    AND (origin.status = copy.status
                         OR (origin.status, copy.status) IN (('posted', 'reversed'), ('recorded', 'withdrawn')))
                    AND (origin.source_document = copy.source_document
                         OR (copy.source_document ~ ' #[0-9a-f]{16}$'
                             AND starts_with(origin.source_document,
                                             left(copy.source_document, length(copy.source_document) - 18)))))
UNION ALL
SELECT 'contribution', record.contribution_id::text, 'person_key', '1 copy at the current person',
       count(copied.contribution_id)::text
FROM record
LEFT JOIN contribution AS copied ON copied.person_key = record.current_person_key AND copied.period = record.period
     AND copied.scheme = record.scheme AND copied.kind = record.kind
     AND copied.origin_contribution_id = coalesce(record.origin_contribution_id, record.contribution_id)
WHERE record.current_person_key IS NOT NULL
GROUP BY record.contribution_id
HAVING count(copied.contribution_id) <> 1
