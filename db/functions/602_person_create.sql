-- Makes the records of people whom staff enter by hand, with one audit event for each attempt that met a known number.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each person. Keyed hashes are as for hash_items, those of
-- numbers of normalised ones; card_hashes may be null. created_ats: business instants; instants: real time, of the
-- event.
-- Locks: advisory ones of the numbers, in order, so that two who enter the same at once follow each other; then those
-- of the inserted rows. An import takes only the latter: whoever claims the number first has it.
-- Outcomes: one row for each member, in order. status, by precedence:
--   unknown_pool    no such pool
--   already_exists  the number belongs to somebody: the event names that person, for that this is so was shown
--   card_taken      the card number does
--   created         the record is there (or was already, when asked again with the same id)
CREATE OR REPLACE FUNCTION person_create(
    person_keys bigint[], person_ids uuid[], pool_codes text[], certificate_kinds text[], number_hashes bytea[],
    numbers_sealed bytea[], names_sealed bytea[], name_hashes bytea[], phones_sealed bytea[], phone_hashes bytea[],
    bank_cards_sealed bytea[], card_hashes bytea[], birth_dates date[], sexes text[], created_ats timestamptz[],
    event_ids uuid[], instants timestamptz[], actor_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
BEGIN
    PERFORM pg_advisory_xact_lock(number.lock_key)
       FROM (SELECT DISTINCT hashtextextended(encode(a.hash, 'hex'), a.kind) AS lock_key
               FROM (SELECT hash, 1 AS kind FROM unnest(number_hashes) AS n (hash)
                     UNION ALL
                     SELECT hash, 2 FROM unnest(card_hashes) AS c (hash) WHERE hash IS NOT NULL) AS a
              ORDER BY lock_key) AS number;
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.*
          FROM unnest(person_keys, person_ids, pool_codes, certificate_kinds, number_hashes, numbers_sealed,
                      names_sealed, name_hashes, phones_sealed, phone_hashes, bank_cards_sealed, card_hashes,
                      birth_dates, sexes, created_ats, event_ids, instants, actor_ids, request_ids) WITH ORDINALITY
               AS a (person_key, person_id, pool_code, certificate_kind, number_hash, number_sealed, name_sealed,
                     name_hash, phone_sealed, phone_hash, bank_card_sealed, card_hash, birth_date, sex, created_at,
                     event_id, instant, actor_id, request_id, ord)
    ), known AS MATERIALIZED (
        SELECT asked.*, number.person_key AS number_key, card.person_key AS card_key,
               pool.pool_code IS NOT NULL AS has_pool
          FROM asked
          LEFT JOIN pool ON pool.pool_code = asked.pool_code
          LEFT JOIN person_identifier AS number
                 ON number.kind = 'citizen_number' AND number.hash = hash_looked(asked.number_hash)
          LEFT JOIN person_identifier AS card ON card.kind = 'card_number' AND card.hash = hash_looked(asked.card_hash)
    ), ranked AS MATERIALIZED (
        SELECT known.*,
               row_number() OVER (PARTITION BY hash_looked(known.number_hash) ORDER BY known.ord) AS number_place,
               row_number() OVER (PARTITION BY hash_looked(known.card_hash) ORDER BY known.ord) AS card_place
          FROM known
         WHERE known.has_pool AND known.number_key IS NULL AND known.card_key IS NULL
    ), fit AS MATERIALIZED (
        SELECT array_agg('citizen_number'::text) AS kinds, array_agg(ranked.number_hash) AS givens,
               array_agg(ranked.person_key) AS person_keys, array_agg(ranked.person_id) AS person_ids
          FROM ranked
         WHERE ranked.number_place = 1 AND (ranked.card_hash IS NULL OR ranked.card_place = 1)
    ), claimed AS MATERIALIZED (
        SELECT fit.person_keys[c.place] AS person_key
          FROM fit CROSS JOIN LATERAL identifiers_claim(fit.kinds, fit.givens, fit.person_keys, fit.person_ids) AS c
    ), made AS (
        INSERT INTO person (person_key, person_id, pool_code, birth_date, sex, certificate_kind, citizen_number_sealed,
                            name_sealed, phone_sealed, bank_card_sealed, name_hash, name_version, phone_hash,
                            phone_version, created_at)
        SELECT ranked.person_key, ranked.person_id, ranked.pool_code, ranked.birth_date, ranked.sex,
               ranked.certificate_kind, ranked.number_sealed, ranked.name_sealed, ranked.phone_sealed,
               ranked.bank_card_sealed, hash_looked(ranked.name_hash), hash_version(ranked.name_hash),
               hash_looked(ranked.phone_hash), coalesce(hash_version(ranked.phone_hash), 1), ranked.created_at
          FROM ranked
          JOIN claimed ON claimed.person_key = ranked.person_key
        RETURNING person.person_key
    ), carded AS MATERIALIZED (
        SELECT count(c.place) AS count
          FROM (SELECT array_agg('card_number'::text) AS kinds, array_agg(ranked.card_hash) AS givens,
                       array_agg(ranked.person_key) AS person_keys, array_agg(ranked.person_id) AS person_ids
                  FROM ranked
                  JOIN claimed ON claimed.person_key = ranked.person_key
                 WHERE ranked.card_hash IS NOT NULL) AS card
         CROSS JOIN LATERAL identifiers_claim(card.kinds, card.givens, card.person_keys, card.person_ids) AS c
    ), judged AS MATERIALIZED (
        SELECT known.*,
               CASE WHEN made.person_key IS NOT NULL OR known.number_key = known.person_key THEN 'created'
                    WHEN NOT known.has_pool THEN 'unknown_pool'
                    WHEN known.number_key IS NULL AND (known.card_key IS NOT NULL
                         OR (ranked.card_hash IS NOT NULL AND ranked.number_place = 1 AND ranked.card_place > 1))
                         THEN 'card_taken'
                    ELSE 'already_exists' END AS status
          FROM known
          LEFT JOIN ranked ON ranked.ord = known.ord
          LEFT JOIN made ON made.person_key = known.person_key
    ), recorded AS (
        INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code,
                                 request_id, detail)
        SELECT judged.event_id, judged.instant, 'staff', judged.actor_id, 'create_person',
               CASE judged.status WHEN 'created' THEN judged.person_key
                                  WHEN 'card_taken' THEN judged.card_key ELSE judged.number_key END,
               CASE judged.status WHEN 'created' THEN judged.person_id END, judged.pool_code, judged.request_id,
               jsonb_build_object('outcome', judged.status, 'certificate_kind', judged.certificate_kind)
          FROM judged
         WHERE judged.status <> 'unknown_pool'
            ON CONFLICT (event_id) DO NOTHING
    )
    SELECT judged.ord, judged.status FROM judged WHERE (SELECT carded.count FROM carded) >= 0 ORDER BY judged.ord;
END
$$;
COMMENT ON FUNCTION person_create(bigint[], uuid[], text[], text[], bytea[], bytea[], bytea[], bytea[], bytea[],
    bytea[], bytea[], bytea[], date[], text[], timestamptz[], uuid[], timestamptz[], uuid[], text[]) IS
    'Makes records of people; one status row for each member: unknown_pool, already_exists, card_taken or created';
