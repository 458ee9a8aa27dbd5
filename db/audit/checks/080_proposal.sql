-- What was decided: by another than who proposed it, and a corrected number is where the approval put it.
-- SPDX-License-Identifier: Apache-2.0
-- Proposals about nobody in particular are looked at with the person of key 0, who does not exist.
WITH decided AS (
    SELECT proposal_id, kind, person_key, object_id, payload, state, proposed_by, decided_by, decided_at
    FROM proposal
    WHERE coalesce(person_key, 0) BETWEEN $1::bigint AND $2::bigint AND state <> 'open'
), former AS (
    SELECT * FROM person_identifier_former WHERE person_key BETWEEN $1::bigint AND $2::bigint
), corrected AS (
    SELECT decided.proposal_id, decided.person_key, decided.object_id AS person_id, decided.decided_at,
           change.item ->> 'field' AS field,
           hashes.given IS NOT NULL AS has_hash,
           -- One hash, or versions (2 bytes) and hashes of one or two.
           ARRAY[CASE octet_length(hashes.given) WHEN 32 THEN hashes.given ELSE substr(hashes.given, 3, 32) END,
                 substr(hashes.given, 37)] AS hashes
    FROM decided
    CROSS JOIN LATERAL jsonb_array_elements(decided.payload -> 'changes') AS change (item)
    CROSS JOIN LATERAL (
        SELECT decode(decided.payload -> 'hashes' ->> (change.item ->> 'field'), 'hex') AS given) AS hashes
    WHERE decided.kind = 'correct_person' AND decided.state = 'approved'
)
SELECT 'proposal', proposal_id::text, 'decided_by', 'somebody else than ' || proposed_by, decided_by::text
FROM decided
WHERE (decided_by = proposed_by) IS DISTINCT FROM (state = 'withdrawn')
UNION ALL
SELECT 'proposal', corrected.proposal_id::text, corrected.field, 'a number that finds the person, or did', 'none'
FROM corrected
WHERE corrected.field IN ('citizen_number', 'card_number') AND corrected.has_hash
  AND NOT EXISTS (SELECT FROM person_identifier AS number
                  WHERE number.kind = corrected.field AND number.hash = ANY (corrected.hashes)
                    AND number.person_key = corrected.person_key)
  AND NOT EXISTS (SELECT FROM person_identifier AS number -- of a record that was merged into this one
                  JOIN person_alias AS alias ON alias.person_key = number.person_key
                  LEFT JOIN person_alias AS own ON own.person_key = corrected.person_key
                  WHERE number.kind = corrected.field AND number.hash = ANY (corrected.hashes)
                    AND alias.current_person_key = coalesce(own.current_person_key, corrected.person_key))
  AND NOT EXISTS (SELECT FROM former
                  WHERE former.kind = corrected.field AND former.hash = ANY (corrected.hashes)
                    AND former.person_key = corrected.person_key)
UNION ALL
SELECT 'person_identifier_former', former.person_key || '/' || former.proposal_id, 'person_id', 'a person',
       former.person_id::text
FROM former
LEFT JOIN person ON person.person_key = former.person_key AND person.person_id = former.person_id
WHERE person.person_key IS NULL
UNION ALL
SELECT 'person_identifier_former', former.person_key || '/' || former.proposal_id, 'proposal_id',
       'an approved correction of the ' || former.kind, 'none'
FROM former
LEFT JOIN corrected ON corrected.proposal_id = former.proposal_id AND corrected.person_key = former.person_key
                   AND corrected.field = former.kind
WHERE corrected.proposal_id IS NULL
UNION ALL
SELECT 'token', token.token_id::text, 'revoked_at', 'ended when the ' || corrected.field || ' was corrected', 'none'
FROM corrected
JOIN token ON token.subject_id = corrected.person_id AND token.kind = 'citizen'
WHERE corrected.field IN ('citizen_number', 'phone') AND token.created_at < corrected.decided_at
  AND token.revoked_at IS NULL AND token.expires_at > corrected.decided_at
UNION ALL
SELECT 'session', session.session_id::text, 'ended_at', 'ended when the ' || corrected.field || ' was corrected', 'none'
FROM corrected
JOIN session ON session.person_key = corrected.person_key
WHERE corrected.field IN ('citizen_number', 'phone') AND session.created_at < corrected.decided_at
  AND session.ended_at IS NULL AND session.expires_at > corrected.decided_at
