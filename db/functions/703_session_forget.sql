-- Forgets what is left of people's sessions that ended long ago: their tokens, used refresh tokens and rows.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the people who are signing in now, in real time. The audit events of the sessions stay.
-- Runs as the owner: the runtime role may end a token but not remove one, and here only those go that have expired and
-- belong to a session that nobody can refresh any more.
-- Locks: those of the deleted rows.
-- Outcomes: how many sessions were forgotten, at most 64 at a time.
CREATE OR REPLACE FUNCTION session_forget(person_keys bigint[], instant timestamptz)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    old_keys bigint[];
    old_ids uuid[];
BEGIN
    SELECT array_agg(old.person_key), array_agg(old.session_id)
      INTO old_keys, old_ids
      FROM (SELECT session.person_key, session.session_id
              FROM session
             WHERE session.person_key = ANY (person_keys)
               AND least(session.ended_at, session.idle_at) < session_forget.instant - interval '30 days'
             ORDER BY session.person_key, session.session_id
             LIMIT 64
               FOR UPDATE SKIP LOCKED) AS old;
    IF old_ids IS NULL THEN
        RETURN 0;
    END IF;
    DELETE FROM refresh_token
     WHERE refresh_token.person_key = ANY (old_keys) AND refresh_token.session_id = ANY (old_ids);
    DELETE FROM token
     WHERE token.subject_id IN (SELECT session.person_id FROM session
                                 WHERE session.person_key = ANY (old_keys) AND session.session_id = ANY (old_ids))
       AND token.kind = 'citizen' AND token.session_id = ANY (old_ids) AND token.expires_at < session_forget.instant;
    DELETE FROM session WHERE session.person_key = ANY (old_keys) AND session.session_id = ANY (old_ids);
    DELETE FROM known_source
     WHERE known_source.person_key = ANY (person_keys)
       AND known_source.succeeded_at < session_forget.instant - interval '400 days';
    RETURN cardinality(old_ids);
END
$$;
COMMENT ON FUNCTION session_forget(bigint[], timestamptz) IS
    'Removes expired tokens and rows of sessions that ended more than 30 days ago; returns how many sessions';
REVOKE EXECUTE ON FUNCTION session_forget(bigint[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION session_forget(bigint[], timestamptz) TO yibao_app;
