-- Asks for codes: stores a challenge for each request and sends its code when what was given matches somebody.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. purposes: registration (name, citizen number and card must all
-- match), sign_in (whoever has registered), step_up (signed_in_keys: whoever is signed in). subjects, targets and
-- sources as for attempt_judge; payloads: the sealed text of the message. Ids come from the caller: executing it again
-- sends nothing twice. Instants in real time.
-- A newer code ends the older ones asked for from the same source; a stranger cannot end the one that is being typed.
-- Locks: those of attempt_settle; then the challenges that end, in the order of their ids.
-- Outcomes: one row for each member, in order. status, by precedence:
--   closed    too many messages; try again in retry_after_s
--   no_phone  step_up only: there is no phone on file
--   begun     whether or not a message goes out: only the phone's owner can tell
CREATE OR REPLACE FUNCTION challenge_begin(
    challenge_ids uuid[], purposes text[], citizen_hashes bytea[], card_hashes bytea[], name_hashes bytea[],
    signed_in_keys bigint[], subjects bytea[], targets bytea[], sources bytea[], code_hashes bytea[],
    tries_lefts smallint[], expire_ats timestamptz[], instants timestamptz[], attempt_ids uuid[], outbox_ids uuid[],
    payloads bytea[])
RETURNS TABLE (ord bigint, status text, retry_after_s integer)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.*, coalesce(a.signed_in_key, found.person_key) AS named_key
          FROM unnest(challenge_ids, purposes, name_hashes, signed_in_keys, subjects, targets, sources, code_hashes,
                      tries_lefts, expire_ats, instants, attempt_ids, outbox_ids, payloads) WITH ORDINALITY
               AS a (challenge_id, purpose, name_hash, signed_in_key, subject, target, source, code_hash, tries_left,
                     expires_at, instant, attempt_id, outbox_id, payload, ord)
          JOIN sign_in_person(citizen_hashes, card_hashes) AS found ON found.ord = a.ord
    ), matched AS MATERIALIZED (
        SELECT asked.*, person.person_key, person.person_id
          FROM asked
          LEFT JOIN person
            ON person.person_key = asked.named_key AND person.phone_sealed IS NOT NULL AND person.deceased_on IS NULL
           AND CASE asked.purpose
                    WHEN 'registration' THEN hash_is(person.name_hash, asked.name_hash)
                    WHEN 'sign_in' THEN EXISTS (SELECT FROM registration
                                                 WHERE registration.person_key = asked.named_key)
                    ELSE asked.purpose = 'step_up' END
    ), settled AS MATERIALIZED (
        SELECT verdict.*
          FROM attempt_settle(
                   ARRAY(SELECT matched.attempt_id FROM matched ORDER BY matched.ord),
                   ARRAY(SELECT 'sms' FROM matched),
                   ARRAY(SELECT matched.subject FROM matched ORDER BY matched.ord),
                   ARRAY(SELECT matched.target FROM matched ORDER BY matched.ord),
                   ARRAY(SELECT matched.source FROM matched ORDER BY matched.ord),
                   ARRAY(SELECT 'address' FROM matched),
                   ARRAY(SELECT matched.named_key FROM matched ORDER BY matched.ord),
                   ARRAY(SELECT false FROM matched),
                   ARRAY(SELECT false FROM matched),
                   ARRAY(SELECT matched.instant FROM matched ORDER BY matched.ord)) AS verdict
    ), taken AS MATERIALIZED (
        SELECT matched.*,
               lead(matched.ord) OVER (PARTITION BY matched.purpose, matched.subject, matched.source
                                       ORDER BY matched.ord) IS NULL AS is_latest
          FROM matched
          JOIN settled ON settled.ord = matched.ord AND settled.status = 'counted'
    ), older AS MATERIALIZED (
        SELECT challenge.challenge_id, taken.instant
          FROM challenge
          JOIN taken ON challenge.subject = taken.subject AND challenge.purpose = taken.purpose
                    AND challenge.source = taken.source AND challenge.challenge_id <> taken.challenge_id
         WHERE challenge.ended_at IS NULL AND taken.is_latest
         ORDER BY challenge.challenge_id
           FOR NO KEY UPDATE OF challenge
    ), replaced AS (
        UPDATE challenge SET ended_at = older.instant
          FROM older
         WHERE challenge.challenge_id = older.challenge_id
    ), stored AS (
        INSERT INTO challenge (challenge_id, purpose, person_key, person_id, subject, target, source, code_hash,
                               code_version, tries_left, created_at, expires_at, ended_at)
        SELECT taken.challenge_id, taken.purpose, taken.person_key, taken.person_id, taken.subject, taken.target,
               taken.source, hash_looked(taken.code_hash), hash_version(taken.code_hash), taken.tries_left,
               taken.instant, taken.expires_at,
               CASE WHEN taken.is_latest THEN NULL ELSE taken.instant END
          FROM taken
         ORDER BY taken.challenge_id
            ON CONFLICT DO NOTHING
    ), posted AS (
        INSERT INTO outbox (outbox_id, kind, person_key, person_id, payload_sealed, next_attempt_at, created_at,
                            expires_at)
        SELECT taken.outbox_id, 'sms', taken.person_key, taken.person_id, taken.payload, taken.instant, taken.instant,
               taken.expires_at
          FROM taken
         WHERE taken.person_key IS NOT NULL
         ORDER BY taken.outbox_id
            ON CONFLICT DO NOTHING
    )
    SELECT matched.ord,
           CASE WHEN settled.status <> 'counted' THEN 'closed'
                WHEN matched.purpose = 'step_up' AND matched.person_key IS NULL THEN 'no_phone'
                ELSE 'begun' END,
           settled.retry_after_s
      FROM matched
      JOIN settled ON settled.ord = matched.ord
     ORDER BY matched.ord;
    DELETE FROM challenge
     WHERE challenge.challenge_id IN (SELECT old.challenge_id
                                        FROM challenge AS old
                                       WHERE old.expires_at < (SELECT max(i) FROM unnest(instants) AS i)
                                                              - interval '1 day'
                                       ORDER BY old.expires_at
                                       LIMIT 128
                                         FOR UPDATE SKIP LOCKED);
END
$$;
COMMENT ON FUNCTION challenge_begin(uuid[], text[], bytea[], bytea[], bytea[], bigint[], bytea[], bytea[], bytea[],
    bytea[], smallint[], timestamptz[], timestamptz[], uuid[], uuid[], bytea[]) IS
    'Stores a challenge for each request and posts its code when it matches somebody; closed, no_phone or begun';
