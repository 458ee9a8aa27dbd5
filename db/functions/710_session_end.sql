-- Signs somebody out of one session, or of all.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; session_ids null: every session. Instants in real time.
-- Locks: those of session_close.
-- Outcomes: one row for each member, in order. status, by precedence:
--   absent  there is no such session of this person
--   ended   it works no more (or did not already)
CREATE OR REPLACE FUNCTION session_end(
    person_keys bigint[], session_ids uuid[], instants timestamptz[], event_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.*
          FROM unnest(person_keys, session_ids, instants, event_ids, request_ids) WITH ORDINALITY
               AS a (person_key, session_id, instant, event_id, request_id, ord)
    ), meant AS MATERIALIZED (
        SELECT asked.ord, asked.instant, asked.event_id, asked.request_id, session.person_key, session.session_id,
               session.person_id, session.ended_at, asked.session_id IS NULL AS is_all
          FROM asked
          JOIN session ON session.person_key = asked.person_key
                      AND (session.session_id = asked.session_id
                           OR (asked.session_id IS NULL AND session.ended_at IS NULL))
    ), ended AS MATERIALIZED (
        SELECT session_close(ARRAY(SELECT meant.person_key FROM meant ORDER BY meant.ord, meant.session_id),
                             ARRAY(SELECT meant.session_id FROM meant ORDER BY meant.ord, meant.session_id),
                             ARRAY(SELECT CASE WHEN meant.is_all THEN 'signed_out_everywhere' ELSE 'signed_out' END
                                     FROM meant ORDER BY meant.ord, meant.session_id),
                             ARRAY(SELECT meant.instant FROM meant ORDER BY meant.ord, meant.session_id)) AS count
    ), recorded AS (
        INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, request_id, detail)
        SELECT DISTINCT ON (meant.ord) meant.event_id, meant.instant, 'citizen', meant.person_id,
               CASE WHEN meant.is_all THEN 'end_my_sessions' ELSE 'end_my_session' END, meant.person_key,
               CASE WHEN meant.is_all THEN NULL ELSE meant.session_id END, meant.request_id,
               jsonb_build_object('sessions', count(*) OVER (PARTITION BY meant.ord))
          FROM meant
         WHERE meant.ended_at IS NULL
            ON CONFLICT DO NOTHING
    )
    SELECT asked.ord,
           CASE WHEN asked.session_id IS NULL OR EXISTS (SELECT FROM meant WHERE meant.ord = asked.ord) THEN 'ended'
                ELSE 'absent' END
      FROM asked
     CROSS JOIN ended
     ORDER BY asked.ord;
END
$$;
COMMENT ON FUNCTION session_end(bigint[], uuid[], timestamptz[], uuid[], text[]) IS
    'Signs somebody out of one session or of all; one status row for each member: absent or ended';
