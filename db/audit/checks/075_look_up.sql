-- What finds people is there for the version of its key that is looked up by, and no hash is of a version that is over.
-- SPDX-License-Identifier: Apache-2.0
WITH looked AS (
    SELECT substr(purpose, 6) AS kind, max(version) AS version
    FROM data_key
    WHERE purpose IN ('hash_citizen_number', 'hash_card_number') AND coalesce(stage, 'looked') = 'looked'
    GROUP BY purpose
), counted AS (
    SELECT number.person_key, number.kind, looked.version,
           count(*) FILTER (WHERE number.key_version = looked.version) AS found,
           count(*) FILTER (WHERE number.key_version <> looked.version) AS others
    FROM person_identifier AS number
    JOIN looked USING (kind)
    WHERE number.person_key BETWEEN $1::bigint AND $2::bigint
    GROUP BY number.person_key, number.kind, looked.version
), versioned (table_name, id, column_name, purpose, version) AS (
    SELECT 'person', person_id::text, 'name_version', 'hash_name', coalesce(name_version, 1)
    FROM person WHERE person_key BETWEEN $1::bigint AND $2::bigint
    UNION ALL
    SELECT 'person', person_id::text, 'phone_version', 'hash_phone', coalesce(phone_version, 1)
    FROM person WHERE person_key BETWEEN $1::bigint AND $2::bigint AND phone_hash IS NOT NULL
    UNION ALL
    SELECT 'person_identifier', person_key || '/' || kind, 'key_version', 'hash_' || kind, key_version
    FROM person_identifier WHERE person_key BETWEEN $1::bigint AND $2::bigint
    UNION ALL
    SELECT 'person_identifier_former', person_key || '/' || kind, 'key_version', 'hash_' || kind, key_version
    FROM person_identifier_former WHERE person_key BETWEEN $1::bigint AND $2::bigint
    UNION ALL
    SELECT 'credential', person_key || '/' || kind, 'pepper_version', 'pepper_credential', pepper_version
    FROM credential WHERE person_key BETWEEN $1::bigint AND $2::bigint
)
SELECT 'person_identifier', person_key || '/' || kind, 'key_version', 'every number with version ' || version,
       others || ' with another, ' || found || ' with it'
FROM counted
WHERE found < others
UNION ALL
SELECT versioned.table_name, versioned.id, versioned.column_name, 'a version that is not over', versioned.version::text
FROM versioned
JOIN data_key ON data_key.purpose = versioned.purpose AND data_key.version = versioned.version
WHERE data_key.stage = 'link'
