-- Exchanges refresh tokens for new ones, each with a new access token.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; grace_ss: seconds for which the token of the latest refresh
-- stays good; repeats_maxs: how often it may be used in that time; instants in real time. Ids and hashes of what is new
-- come from the caller.
-- A session has one good generation of refresh tokens. Using one begins the next generation. The very token that was
-- used for that may come again within the grace, because its reply may have been lost: it gets a sibling of the new
-- generation, and whichever sibling is used first begins the generation after. Any other token of the past means that
-- two hold tokens of one session: the session ends. So somebody who copied a token is found out as soon as both have
-- gone on, and two copies never live side by side.
-- Locks: the sessions, in the order of their keys; then those of session_close.
-- Outcomes: one row for each member, in order. status, by precedence:
--   unknown   no such token, or its session has ended, has expired or was idle for too long, or its person has died or
--             is known by another record
--   busy      another token of the same session in the same batch came first
--   reused    a token of the past: the session was ended
--   too_many  repeated too often; try again in retry_after_s
--   refreshed
CREATE OR REPLACE FUNCTION session_refresh(
    refresh_hashes bytea[], new_refresh_hashes bytea[], token_hashes bytea[], token_ids uuid[],
    access_expire_ats timestamptz[], idle_ats timestamptz[], grace_ss integer[], repeats_maxs smallint[],
    instants timestamptz[], event_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text, retry_after_s integer, session_id uuid, person_id uuid,
               access_expires_at timestamptz, refresh_expires_at timestamptz)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
BEGIN
    PERFORM FROM session
     WHERE (session.person_key, session.session_id) IN (
           SELECT refresh_token.person_key, refresh_token.session_id
             FROM refresh_token
            WHERE refresh_token.refresh_hash = ANY (refresh_hashes))
     ORDER BY session.person_key, session.session_id
       FOR NO KEY UPDATE;
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.*, session.person_key, session.session_id, session.person_id, session.generation AS good_generation,
               session.rotated_with, session.rotated_at, session.repeats, session.expires_at,
               refresh_token.generation AS own_generation, person.person_key IS NULL AS is_gone
          FROM unnest(refresh_hashes, new_refresh_hashes, token_hashes, token_ids, access_expire_ats, idle_ats,
                      grace_ss, repeats_maxs, instants, event_ids, request_ids) WITH ORDINALITY
               AS a (refresh_hash, new_refresh_hash, token_hash, token_id, access_expires_at, idle_at, grace_s,
                     repeats_max, instant, event_id, request_id, ord)
          LEFT JOIN refresh_token ON refresh_token.refresh_hash = a.refresh_hash
          LEFT JOIN session
            ON session.person_key = refresh_token.person_key AND session.session_id = refresh_token.session_id
           AND session.ended_at IS NULL AND least(session.idle_at, session.expires_at) > a.instant
          LEFT JOIN person ON person.person_key = session.person_key AND person.person_id = session.person_id
                          AND person.deceased_on IS NULL
                          AND NOT EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = person.person_key)
    ), ranked AS MATERIALIZED (
        SELECT asked.*,
               first_value(asked.refresh_hash) OVER of_session AS first_hash,
               row_number() OVER of_session - 1 AS before
          FROM asked
        WINDOW of_session AS (PARTITION BY asked.person_key, asked.session_id ORDER BY asked.ord)
    ), judged AS MATERIALIZED (
        SELECT ranked.*,
               CASE WHEN ranked.session_id IS NULL OR ranked.is_gone THEN 'unknown'
                    WHEN ranked.refresh_hash <> ranked.first_hash THEN 'busy'
                    WHEN ranked.own_generation = ranked.good_generation
                         THEN CASE WHEN ranked.before > ranked.repeats_max THEN 'too_many' ELSE 'refreshed' END
                    WHEN ranked.refresh_hash IS DISTINCT FROM ranked.rotated_with
                         OR ranked.rotated_at + make_interval(secs => ranked.grace_s) <= ranked.instant THEN 'reused'
                    WHEN ranked.repeats + ranked.before >= ranked.repeats_max THEN 'too_many'
                    ELSE 'refreshed' END AS status,
               ranked.own_generation + 1 AS new_generation
          FROM ranked
    ), rotated AS (
        UPDATE session
           SET generation = first.new_generation,
               rotated_with = first.refresh_hash,
               rotated_at = CASE WHEN first.own_generation = first.good_generation THEN first.instant
                                 ELSE session.rotated_at END,
               repeats = CASE WHEN first.own_generation = first.good_generation THEN first.count - 1
                              ELSE session.repeats + first.count END,
               used_at = greatest(session.used_at, first.instant),
               idle_at = greatest(session.idle_at, least(first.idle_at, session.expires_at))
          FROM (SELECT DISTINCT ON (judged.person_key, judged.session_id) judged.*,
                       count(*) OVER (PARTITION BY judged.person_key, judged.session_id) AS count
                  FROM judged
                 WHERE judged.status = 'refreshed'
                 ORDER BY judged.person_key, judged.session_id, judged.ord) AS first
         WHERE session.person_key = first.person_key AND session.session_id = first.session_id
    ), kept AS (
        INSERT INTO refresh_token (refresh_hash, person_key, session_id, generation, created_at)
        SELECT judged.new_refresh_hash, judged.person_key, judged.session_id, judged.new_generation, judged.instant
          FROM judged
         WHERE judged.status = 'refreshed'
         ORDER BY judged.new_refresh_hash
            ON CONFLICT DO NOTHING
    ), access AS (
        INSERT INTO token (token_hash, token_id, kind, subject_id, person_key, created_at, expires_at, session_id)
        SELECT judged.token_hash, id_of_person(judged.token_id, judged.person_key), 'citizen', judged.person_id,
               judged.person_key, judged.instant, least(judged.access_expires_at, judged.expires_at),
               judged.session_id
          FROM judged
         WHERE judged.status = 'refreshed'
         ORDER BY judged.token_hash
            ON CONFLICT DO NOTHING
    ), stolen AS MATERIALIZED (
        SELECT DISTINCT ON (judged.person_key, judged.session_id) judged.*
          FROM judged
         WHERE judged.status = 'reused' OR (judged.session_id IS NOT NULL AND judged.is_gone)
         ORDER BY judged.person_key, judged.session_id, judged.ord
    ), ended AS MATERIALIZED (
        SELECT session_close(ARRAY(SELECT stolen.person_key FROM stolen ORDER BY stolen.ord),
                             ARRAY(SELECT stolen.session_id FROM stolen ORDER BY stolen.ord),
                             ARRAY(SELECT CASE WHEN stolen.is_gone THEN 'person_gone' ELSE 'refresh_reused' END
                                     FROM stolen ORDER BY stolen.ord),
                             ARRAY(SELECT stolen.instant FROM stolen ORDER BY stolen.ord)) AS count
    ), recorded AS (
        INSERT INTO audit_event (event_id, at, actor_kind, action, person_key, object_id, request_id, detail)
        SELECT stolen.event_id, stolen.instant, 'system', 'session_ended', stolen.person_key, stolen.session_id,
               stolen.request_id,
               jsonb_build_object('reason', CASE WHEN stolen.is_gone THEN 'person_gone' ELSE 'refresh_reused' END)
          FROM stolen
            ON CONFLICT DO NOTHING
    )
    SELECT judged.ord, judged.status,
           CASE WHEN judged.status = 'too_many'
                THEN greatest(1, ceil(extract(epoch FROM coalesce(judged.rotated_at, judged.instant) - judged.instant)
                                      + judged.grace_s))::integer ELSE 0 END,
           judged.session_id, judged.person_id, least(judged.access_expires_at, judged.expires_at),
           least(judged.idle_at, judged.expires_at)
      FROM judged
     CROSS JOIN ended
     ORDER BY judged.ord;
END
$$;
COMMENT ON FUNCTION session_refresh(bytea[], bytea[], bytea[], uuid[], timestamptz[], timestamptz[], integer[],
    smallint[], timestamptz[], uuid[], text[]) IS
    'Exchanges refresh tokens for new ones; one status row each: unknown, busy, reused, too_many or refreshed';
