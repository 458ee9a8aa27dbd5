-- Opens sessions: each with its first access token, its first refresh token and an audit event.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each session; instants in real time; actions: the operation. Ids come from the
-- caller and get the person's key; executing it again opens nothing twice.
-- What is left of the same people's sessions of long ago is forgotten (session_forget).
-- Locks: none but those of the inserted and forgotten rows. One INSERT per table for all.
-- Outcomes: the id of each session, in order.
CREATE OR REPLACE FUNCTION session_open(
    session_ids uuid[], person_keys bigint[], person_ids uuid[], methods text[], sources bytea[], token_hashes bytea[],
    token_ids uuid[], refresh_hashes bytea[], access_expire_ats timestamptz[], idle_ats timestamptz[],
    expire_ats timestamptz[], instants timestamptz[], event_ids uuid[], actions text[], request_ids text[])
RETURNS TABLE (ord bigint, session_id uuid)
LANGUAGE sql VOLATILE
AS $$
WITH asked AS MATERIALIZED (
    SELECT id_of_person(a.session_id, a.person_key) AS session_id, a.person_key, a.person_id, a.method, a.source,
           a.token_hash, id_of_person(a.token_id, a.person_key) AS token_id, a.refresh_hash,
           least(a.access_expires_at, a.expires_at) AS access_expires_at, least(a.idle_at, a.expires_at) AS idle_at,
           a.expires_at, a.instant, a.event_id, a.action, a.request_id, a.ord
      FROM unnest(session_ids, person_keys, person_ids, methods, sources, token_hashes, token_ids, refresh_hashes,
                  access_expire_ats, idle_ats, expire_ats, instants, event_ids, actions, request_ids) WITH ORDINALITY
           AS a (session_id, person_key, person_id, method, source, token_hash, token_id, refresh_hash,
                 access_expires_at, idle_at, expires_at, instant, event_id, action, request_id, ord)
), opened AS (
    INSERT INTO session (person_key, session_id, person_id, method, source, created_at, used_at, idle_at, expires_at)
    SELECT asked.person_key, asked.session_id, asked.person_id, asked.method, asked.source, asked.instant,
           asked.instant, asked.idle_at, asked.expires_at
      FROM asked
     ORDER BY asked.person_key, asked.session_id
        ON CONFLICT DO NOTHING
    RETURNING session.session_id
), access AS (
    INSERT INTO token (token_hash, token_id, kind, subject_id, person_key, created_at, expires_at, session_id)
    SELECT asked.token_hash, asked.token_id, 'citizen', asked.person_id, asked.person_key, asked.instant,
           asked.access_expires_at, asked.session_id
      FROM asked
     ORDER BY asked.token_hash
        ON CONFLICT DO NOTHING
), refresh AS (
    INSERT INTO refresh_token (refresh_hash, person_key, session_id, generation, created_at)
    SELECT asked.refresh_hash, asked.person_key, asked.session_id, 1, asked.instant
      FROM asked
     ORDER BY asked.refresh_hash
        ON CONFLICT DO NOTHING
), recorded AS (
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, request_id, detail)
    SELECT asked.event_id, asked.instant, 'citizen', asked.person_id, asked.action, asked.person_key,
           asked.session_id, asked.request_id, jsonb_build_object('method', asked.method)
      FROM asked
      JOIN opened ON opened.session_id = asked.session_id
), forgotten AS MATERIALIZED (
    SELECT session_forget(ARRAY(SELECT asked.person_key FROM asked), max(asked.instant)) AS count FROM asked
)
SELECT asked.ord, asked.session_id FROM asked CROSS JOIN forgotten ORDER BY asked.ord
$$;
COMMENT ON FUNCTION session_open(uuid[], bigint[], uuid[], text[], bytea[], bytea[], uuid[], bytea[], timestamptz[],
    timestamptz[], timestamptz[], timestamptz[], uuid[], text[], text[]) IS
    'Opens sessions, each with an access token, a refresh token and an audit event; returns their ids';
