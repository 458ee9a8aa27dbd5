-- Finds whom a caller of the hotline says to be, the stored PIN, and whether one more attempt would be taken.
-- SPDX-License-Identifier: Apache-2.0
-- One row for each member, whoever is found or not: no person_key when nobody alive in the visible pools has the
-- number. A number that is both a citizen number and somebody else's card number is the citizen number.
-- mode: set
-- lane: read
-- repeatable: yes
-- param: citizen_hash bytea
-- param: card_hash bytea
-- param: subject bytea
-- param: source bytea
-- param: visible text
-- param: at instant
-- column: ord int8
-- column: person_key int8
-- column: person_id uuid
-- column: salt bytea
-- column: hash bytea
-- column: pepper_version int2
-- column: log2_n int2
-- column: block_size int2
-- column: parallel int2
-- column: retry_after_s int4
WITH found AS MATERIALIZED (
    SELECT asked.ord, asked.subject, asked.source, asked.at, person.person_key, person.person_id
      FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[], $5::text[], $6::timestamptz[]) WITH ORDINALITY
           AS asked (citizen_hash, card_hash, subject, source, visible, at, ord)
      LEFT JOIN LATERAL (SELECT current_identifier.person_key, current_identifier.person_id
                           FROM current_identifier
                           JOIN person ON person.person_key = current_identifier.person_key
                                      AND person.deceased_on IS NULL
                          WHERE ((current_identifier.kind = 'citizen_number'
                                  AND current_identifier.hash = asked.citizen_hash)
                                 OR (current_identifier.kind = 'card_number'
                                     AND current_identifier.hash = asked.card_hash))
                            AND (asked.visible IS NULL OR person_is_visible(current_identifier.person_key,
                                                                            asked.visible))
                          ORDER BY current_identifier.kind = 'card_number'
                          LIMIT 1) AS person ON true
), verdict AS MATERIALIZED (
    SELECT judged.ord, judged.retry_after_s
      FROM (SELECT array_agg('pin'::text ORDER BY found.ord) AS kinds,
                   array_agg(found.subject ORDER BY found.ord) AS subjects,
                   array_agg(found.source ORDER BY found.ord) AS sources,
                   array_agg(found.person_key ORDER BY found.ord) AS person_keys,
                   array_agg(false ORDER BY found.ord) AS are_trusted,
                   array_agg(found.at ORDER BY found.ord) AS instants
              FROM found) AS arrays
     CROSS JOIN LATERAL attempt_judge(arrays.kinds, arrays.subjects, arrays.subjects, arrays.sources,
                                      arrays.person_keys, arrays.are_trusted, arrays.instants) AS judged
)
SELECT found.ord, found.person_key, found.person_id, credential.salt, credential.hash,
       credential.pepper_version, credential.log2_n, credential.block_size, credential.parallel, verdict.retry_after_s
  FROM found
  JOIN verdict ON verdict.ord = found.ord
  LEFT JOIN credential ON credential.person_key = found.person_key AND credential.kind = 'pin'
 ORDER BY found.ord
