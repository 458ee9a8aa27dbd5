-- Ends every session, code, password, PIN and token of citizens: what they proved themselves with has changed.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each person; instants in real time.
-- Where they have proved themselves before is forgotten, too: it may have been somebody else with the wrong phone.
-- Locks: their codes, so that none is redeemed any more (a session that is being opened with one is waited for); their
-- passwords, PINs and known sources, likewise; their
-- sessions in the order of their keys, so that a refresh under way is waited for; their tokens in the order of their
-- ids; then the epochs of their buckets, in order. Call it last in a transaction.
-- Outcomes: how many tokens ended. Those that had ended before keep who ended them.
CREATE OR REPLACE FUNCTION citizen_sign_out(person_ids uuid[], revoked_bys uuid[], instants timestamptz[])
RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    person_keys bigint[] := ARRAY(
        -- The key is the low 62 bits of every id (server/uuid.h).
        SELECT ('x' || replace(right(p.id::text, 17), '-', ''))::bit(64)::bigint & 4611686018427387903
          FROM unnest(person_ids) AS p (id));
    buckets smallint[];
    ended bigint;
BEGIN
    IF coalesce(cardinality(person_ids), 0) = 0 THEN
        RETURN 0;
    END IF;
    PERFORM FROM challenge
      WHERE challenge.person_key = ANY (person_keys) AND challenge.ended_at IS NULL
      ORDER BY challenge.challenge_id FOR NO KEY UPDATE;
    UPDATE challenge SET ended_at = instants[1]
     WHERE challenge.person_key = ANY (person_keys) AND challenge.ended_at IS NULL;
    PERFORM FROM credential WHERE credential.person_key = ANY (person_keys)
      ORDER BY credential.person_key, credential.kind FOR UPDATE;
    DELETE FROM credential WHERE credential.person_key = ANY (person_keys);
    PERFORM FROM known_source WHERE known_source.person_key = ANY (person_keys)
      ORDER BY known_source.person_key, known_source.source FOR UPDATE;
    DELETE FROM known_source WHERE known_source.person_key = ANY (person_keys);
    PERFORM FROM session
      WHERE session.person_key = ANY (person_keys) AND session.ended_at IS NULL
      ORDER BY session.person_key, session.session_id FOR NO KEY UPDATE;
    UPDATE session SET ended_at = instants[1], end_reason = 'person_corrected'
     WHERE session.person_key = ANY (person_keys) AND session.ended_at IS NULL;

    PERFORM FROM token
      WHERE token.subject_id = ANY (person_ids) AND token.kind = 'citizen' AND token.revoked_at IS NULL
      ORDER BY token.token_id FOR NO KEY UPDATE;
    WITH asked AS (
        SELECT DISTINCT ON (a.person_id) a.*
          FROM unnest(person_ids, revoked_bys, instants) AS a (person_id, revoked_by, instant)
         WHERE a.instant IS NOT NULL
         ORDER BY a.person_id
    ), changed AS (
        UPDATE token SET revoked_at = asked.instant, revoked_by = asked.revoked_by
          FROM asked
         WHERE token.subject_id = asked.person_id AND token.kind = 'citizen' AND token.revoked_at IS NULL
        RETURNING get_byte(token.token_hash, 0)::smallint AS bucket
    )
    SELECT array_agg(DISTINCT changed.bucket), count(*) INTO buckets, ended FROM changed;

    PERFORM FROM token_epoch WHERE token_epoch.bucket = ANY (buckets)
      ORDER BY token_epoch.bucket FOR NO KEY UPDATE;
    UPDATE token_epoch SET version = token_epoch.version + 1 WHERE token_epoch.bucket = ANY (buckets);
    RETURN ended;
END
$$;
COMMENT ON FUNCTION citizen_sign_out(uuid[], uuid[], timestamptz[]) IS
    'Ends every session, code, password, PIN and token of the given citizens; returns how many tokens ended';
