-- Ends sessions and revokes their access tokens, which every process notices within a second.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each session; reasons: session.end_reason; instants in real time. What has
-- ended already stays as it is. The caller writes the audit event.
-- Locks: the sessions, in the order of their keys; their tokens, in the order of their ids; then the epochs of their
-- buckets, in order. A refresh under way holds its session's lock: its new token is seen after the wait.
-- Outcomes: how many sessions were ended.
CREATE OR REPLACE FUNCTION session_close(
    person_keys bigint[], session_ids uuid[], reasons text[], instants timestamptz[])
RETURNS bigint
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    closed_count bigint;
    closed uuid[];
    closed_persons uuid[];
    buckets smallint[];
BEGIN
    PERFORM FROM session
      JOIN unnest(person_keys, session_ids) AS a (person_key, session_id)
        ON session.person_key = a.person_key AND session.session_id = a.session_id
     ORDER BY session.person_key, session.session_id
       FOR NO KEY UPDATE OF session;
    WITH ended AS (
        UPDATE session SET ended_at = a.instant, end_reason = a.reason
          FROM (SELECT DISTINCT ON (b.person_key, b.session_id) b.*
                  FROM unnest(person_keys, session_ids, reasons, instants)
                       AS b (person_key, session_id, reason, instant)
                 ORDER BY b.person_key, b.session_id) AS a
         WHERE session.person_key = a.person_key AND session.session_id = a.session_id AND session.ended_at IS NULL
        RETURNING session.session_id, session.person_id
    )
    SELECT count(*), array_agg(ended.session_id), array_agg(DISTINCT ended.person_id)
      INTO closed_count, closed, closed_persons
      FROM ended;
    IF closed_count = 0 THEN
        RETURN 0;
    END IF;
    WITH locked AS MATERIALIZED (
        SELECT token.token_id, token.subject_id
          FROM token
         WHERE token.subject_id = ANY (closed_persons) AND token.session_id = ANY (closed) AND token.revoked_at IS NULL
           AND token.expires_at > instants[1]
         ORDER BY token.token_id
           FOR NO KEY UPDATE
    ), revoked AS (
        UPDATE token SET revoked_at = instants[1], revoked_by = locked.subject_id
          FROM locked
         WHERE token.token_id = locked.token_id
        RETURNING get_byte(token.token_hash, 0)::smallint AS bucket
    )
    SELECT array_agg(DISTINCT revoked.bucket) INTO buckets FROM revoked;
    PERFORM FROM token_epoch WHERE token_epoch.bucket = ANY (buckets) ORDER BY token_epoch.bucket FOR NO KEY UPDATE;
    UPDATE token_epoch SET version = token_epoch.version + 1 WHERE token_epoch.bucket = ANY (buckets);
    RETURN closed_count;
END
$$;
COMMENT ON FUNCTION session_close(bigint[], uuid[], text[], timestamptz[]) IS
    'Ends sessions and revokes their access tokens; returns how many were ended';
