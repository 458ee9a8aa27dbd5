-- Gives numbers to people: the only writer of person_identifier.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each number. kinds: citizen_number or card_number; givens as for hash_items.
-- While a key changes, a number is written with both versions, so that the primary key alone keeps it from being two
-- people's, whichever version a process looks up by. A process that has not noticed the change for so long that the
-- rest of the world has moved on is refused: serialization_failure, as is who meets half a number that another process
-- is writing at the same moment. Asked again, with what is known then, it is answered.
-- Planned for each call: one plan does not fit one number and a slice of an import, nor an empty table and a full one.
-- Locks: a shared advisory one, which only a change of a key's stage (yibaod keys rehash) takes alone; the rows.
-- Outcomes: the places of the numbers that are the person's now; not of those that were somebody's, be it the same's.
CREATE OR REPLACE FUNCTION identifiers_claim(kinds text[], givens bytea[], person_keys bigint[], person_ids uuid[])
RETURNS TABLE (place bigint)
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    claimed bigint[];
    is_torn boolean;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7309455, 0);
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT a.kind, ARRAY(SELECT item.key_version FROM hash_items(a.given) AS item) AS versions
                       FROM unnest(kinds, givens) AS a (kind, given)) AS asked
          JOIN data_key ON data_key.purpose = 'hash_' || asked.kind
         WHERE data_key.stage IN ('written', 'looked') AND data_key.version <> ALL (asked.versions)) THEN
        RAISE EXCEPTION 'a key of hashes has changed' USING ERRCODE = 'serialization_failure';
    END IF;
    WITH asked AS MATERIALIZED (
        SELECT a.kind, a.given, a.person_key, a.person_id, a.place
          FROM unnest(kinds, givens, person_keys, person_ids) WITH ORDINALITY
               AS a (kind, given, person_key, person_id, place)
         WHERE NOT EXISTS (SELECT FROM person_identifier AS known
                            WHERE known.kind = a.kind AND known.hash = hash_looked(a.given))
           AND (hash_other(a.given) IS NULL
                OR NOT EXISTS (SELECT FROM person_identifier AS known
                                WHERE known.kind = a.kind AND known.hash = hash_other(a.given)))
    ), item AS MATERIALIZED (
        SELECT turn.*, bool_and(turn.number = 1) OVER (PARTITION BY turn.place) AS is_first
          FROM (SELECT asked.kind, item.hash, asked.person_key, asked.person_id, item.key_version, asked.place,
                       row_number() OVER (PARTITION BY asked.kind, item.hash ORDER BY asked.place) AS number
                  FROM asked CROSS JOIN LATERAL hash_items(asked.given) AS item
                 WHERE NOT EXISTS (SELECT FROM data_key
                                    WHERE data_key.purpose = 'hash_' || asked.kind
                                      AND data_key.version = item.key_version
                                      AND data_key.stage IN ('refused', 'link'))) AS turn
    ), stored AS (
        INSERT INTO person_identifier (kind, hash, person_key, person_id, key_version)
        SELECT item.kind, item.hash, item.person_key, item.person_id, item.key_version
          FROM item
         WHERE item.is_first
         ORDER BY item.kind DESC, item.hash -- citizen numbers first, as everybody does
            ON CONFLICT DO NOTHING
        RETURNING person_identifier.kind, person_identifier.hash
    ), counted AS (
        SELECT item.place, count(*) AS items, count(stored.hash) AS items_stored
          FROM item
          LEFT JOIN stored ON stored.kind = item.kind AND stored.hash = item.hash
         WHERE item.is_first
         GROUP BY item.place
    )
    SELECT array_agg(counted.place) FILTER (WHERE counted.items_stored > 0),
           bool_or(counted.items_stored BETWEEN 1 AND counted.items - 1)
      INTO claimed, is_torn
      FROM counted;
    IF is_torn THEN
        RAISE EXCEPTION 'another process is writing a number' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN QUERY SELECT c.place FROM unnest(claimed) AS c (place);
END
$$;
COMMENT ON FUNCTION identifiers_claim(text[], bytea[], bigint[], uuid[]) IS
    'Gives numbers to people, with every version of the keys that is in use: the only writer of person_identifier';
