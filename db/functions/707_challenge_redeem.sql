-- Redeems codes for sessions: of a registration (with a password where one is given) or of signing in.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. are_ready false: the code is judged and counted, but nothing is
-- done and it stays good (the password that came with it may not be used). salts to parallels: the password, or null.
-- The rest as for session_open. Executing it again with the same session id answers the same.
-- Locks: the challenges, in the order of their ids; then those of attempt_settle, the credentials, session_close.
-- Outcomes: one row for each member, in order. status, by precedence:
--   absent  no such challenge was given out, or long ago
--   closed  too many wrong codes for this number from this source; try again in retry_after_s
--   wrong   another purpose, used, replaced, expired, tried too often, or another code
--   right   the code is good; nothing was done
--   open    a session was opened
CREATE OR REPLACE FUNCTION challenge_redeem(
    challenge_ids uuid[], purposes text[], code_hashes bytea[], sources bytea[], attempt_ids uuid[],
    are_ready boolean[], salts bytea[], hashes bytea[], log2_ns smallint[], block_sizes smallint[],
    parallels smallint[], session_ids uuid[], token_hashes bytea[], token_ids uuid[], refresh_hashes bytea[],
    access_expire_ats timestamptz[], idle_ats timestamptz[], expire_ats timestamptz[], instants timestamptz[],
    event_ids uuid[], actions text[], request_ids text[])
RETURNS TABLE (ord bigint, status text, retry_after_s integer, session_id uuid, person_id uuid)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
DECLARE
    ords bigint[];
    statuses text[];
    waits integer[];
    keys bigint[];
    ids uuid[];
BEGIN
    PERFORM FROM challenge WHERE challenge.challenge_id = ANY (challenge_ids) ORDER BY challenge.challenge_id
       FOR NO KEY UPDATE;
    WITH asked AS MATERIALIZED (
        SELECT a.*, challenge.subject, challenge.target, challenge.tries_left,
               challenge.challenge_id IS NULL AS is_absent, person.person_key, person.person_id,
               challenge.used_for = id_of_person(a.session_id, person.person_key) AS is_same,
               coalesce(challenge.purpose = a.purpose AND challenge.ended_at IS NULL
                        AND challenge.expires_at > a.instant, false) AS is_live,
               coalesce(hash_is(challenge.code_hash, a.code_hash) AND person.person_key IS NOT NULL, false) AS is_match
          FROM unnest(challenge_ids, purposes, code_hashes, sources, attempt_ids, are_ready, session_ids, instants)
               WITH ORDINALITY AS a (challenge_id, purpose, code_hash, source, attempt_id, is_ready, session_id,
                                     instant, ord)
          LEFT JOIN challenge ON challenge.challenge_id = a.challenge_id
          LEFT JOIN person ON person.person_key = challenge.person_key AND person.deceased_on IS NULL
           AND NOT EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = person.person_key)
    ), hit AS (
        SELECT asked.*, asked.is_live AND asked.is_match AS is_hit FROM asked
    ), judged AS MATERIALIZED (
        SELECT hit.*,
               (hit.is_match AND coalesce(hit.is_same, false))
               OR (hit.is_hit AND hit.tries_left > count(*) FILTER (WHERE NOT hit.is_hit) OVER earlier
                   AND count(*) FILTER (WHERE hit.is_hit AND hit.is_ready) OVER earlier = 0) AS is_right
          FROM hit
        WINDOW earlier AS (PARTITION BY hit.challenge_id ORDER BY hit.ord
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ), settled AS MATERIALIZED (
        SELECT verdict.*
          FROM attempt_settle(
                   ARRAY(SELECT judged.attempt_id FROM judged ORDER BY judged.ord),
                   ARRAY(SELECT 'code' FROM judged),
                   ARRAY(SELECT coalesce(judged.subject, sha256(uuid_send(judged.challenge_id)))
                           FROM judged ORDER BY judged.ord),
                   ARRAY(SELECT coalesce(judged.target, sha256(uuid_send(judged.challenge_id)))
                           FROM judged ORDER BY judged.ord),
                   ARRAY(SELECT judged.source FROM judged ORDER BY judged.ord),
                   ARRAY(SELECT 'address' FROM judged),
                   ARRAY(SELECT judged.person_key FROM judged ORDER BY judged.ord),
                   ARRAY(SELECT false FROM judged),
                   ARRAY(SELECT judged.is_right FROM judged ORDER BY judged.ord),
                   ARRAY(SELECT judged.instant FROM judged ORDER BY judged.ord)) AS verdict
    ), ended AS MATERIALIZED (
        SELECT judged.*, settled.retry_after_s,
               CASE WHEN judged.is_absent THEN 'absent'
                    WHEN settled.status = 'closed' THEN 'closed'
                    WHEN settled.status <> 'passed' THEN 'wrong'
                    WHEN coalesce(judged.is_ready, false) THEN 'open'
                    ELSE 'right' END AS status
          FROM judged
          JOIN settled ON settled.ord = judged.ord
    ), counted AS (
        UPDATE challenge
           SET tries_left = greatest(challenge.tries_left - tried.wrong_count, 0),
               ended_at = coalesce(challenge.ended_at, tried.ended_at),
               used_for = coalesce(challenge.used_for, tried.used_for)
          FROM (SELECT ended.challenge_id, count(*) FILTER (WHERE ended.status = 'wrong') AS wrong_count,
                       max(ended.instant) FILTER (WHERE ended.status = 'open') AS ended_at,
                       (array_agg(id_of_person(ended.session_id, ended.person_key))
                            FILTER (WHERE ended.status = 'open'))[1] AS used_for
                  FROM ended
                 GROUP BY ended.challenge_id) AS tried
         WHERE challenge.challenge_id = tried.challenge_id
    )
    SELECT array_agg(ended.ord ORDER BY ended.ord), array_agg(ended.status ORDER BY ended.ord),
           array_agg(ended.retry_after_s ORDER BY ended.ord), array_agg(ended.person_key ORDER BY ended.ord),
           array_agg(ended.person_id ORDER BY ended.ord)
      INTO ords, statuses, waits, keys, ids
      FROM ended;

    INSERT INTO registration (person_key, person_id, registered_at)
    SELECT DISTINCT ON (a.person_key) a.person_key, a.person_id, a.instant
      FROM unnest(keys, ids, statuses, purposes, instants) AS a (person_key, person_id, status, purpose, instant)
     WHERE a.status = 'open' AND a.purpose = 'registration'
     ORDER BY a.person_key
        ON CONFLICT DO NOTHING;
    INSERT INTO credential AS known (person_key, kind, person_id, salt, hash, pepper_version, log2_n, block_size,
                                     parallel, set_at)
    SELECT DISTINCT ON (a.person_key) a.person_key, 'password', a.person_id, a.salt, hash_looked(a.hash),
           hash_version(a.hash), a.log2_n, a.block_size, a.parallel, a.instant
      FROM unnest(keys, ids, statuses, salts, hashes, log2_ns, block_sizes, parallels, instants)
           AS a (person_key, person_id, status, salt, hash, log2_n, block_size, parallel, instant)
     WHERE a.status = 'open' AND a.hash IS NOT NULL
     ORDER BY a.person_key
        ON CONFLICT (person_key, kind) DO UPDATE
       SET salt = excluded.salt, hash = excluded.hash, pepper_version = excluded.pepper_version,
           log2_n = excluded.log2_n, block_size = excluded.block_size, parallel = excluded.parallel,
           set_at = excluded.set_at;
    -- Whoever sets a password shuts out those who knew the old one.
    PERFORM session_close(array_agg(session.person_key), array_agg(session.session_id),
                          array_agg('password_changed'::text), array_agg(a.instant))
       FROM unnest(keys, statuses, hashes, session_ids, instants) AS a (person_key, status, hash, session_id, instant)
       JOIN session ON session.person_key = a.person_key AND session.ended_at IS NULL
                   AND session.session_id <> id_of_person(a.session_id, a.person_key)
      WHERE a.status = 'open' AND a.hash IS NOT NULL
     HAVING count(*) > 0;

    RETURN QUERY
    WITH done AS MATERIALIZED (
        SELECT a.*, row_number() OVER (PARTITION BY a.status ORDER BY a.ord) AS place
          FROM unnest(ords, statuses, waits, keys, ids, purposes, sources, session_ids, token_hashes, token_ids,
                      refresh_hashes, access_expire_ats, idle_ats, expire_ats, instants, event_ids, actions,
                      request_ids)
               AS a (ord, status, retry_after_s, person_key, person_id, purpose, source, session_id, token_hash,
                     token_id, refresh_hash, access_expires_at, idle_at, expires_at, instant, event_id, action,
                     request_id)
    ), chosen AS MATERIALIZED (
        SELECT array_agg(done.session_id ORDER BY done.ord) AS session_ids,
               array_agg(done.person_key ORDER BY done.ord) AS person_keys,
               array_agg(done.person_id ORDER BY done.ord) AS person_ids,
               array_agg(CASE done.purpose WHEN 'registration' THEN 'registration' ELSE 'sms' END ORDER BY done.ord)
                   AS methods,
               array_agg(done.source ORDER BY done.ord) AS sources,
               array_agg(done.token_hash ORDER BY done.ord) AS token_hashes,
               array_agg(done.token_id ORDER BY done.ord) AS token_ids,
               array_agg(done.refresh_hash ORDER BY done.ord) AS refresh_hashes,
               array_agg(done.access_expires_at ORDER BY done.ord) AS access_expire_ats,
               array_agg(done.idle_at ORDER BY done.ord) AS idle_ats,
               array_agg(done.expires_at ORDER BY done.ord) AS expire_ats,
               array_agg(done.instant ORDER BY done.ord) AS instants,
               array_agg(done.event_id ORDER BY done.ord) AS event_ids,
               array_agg(done.action ORDER BY done.ord) AS actions,
               array_agg(done.request_id ORDER BY done.ord) AS request_ids
          FROM done
         WHERE done.status = 'open'
    )
    SELECT done.ord, done.status, done.retry_after_s, opened.session_id,
           CASE WHEN done.status = 'open' THEN done.person_id END
      FROM done
      LEFT JOIN (SELECT made.*
                   FROM chosen
                  CROSS JOIN LATERAL session_open(
                            chosen.session_ids, chosen.person_keys, chosen.person_ids, chosen.methods, chosen.sources,
                            chosen.token_hashes, chosen.token_ids, chosen.refresh_hashes, chosen.access_expire_ats,
                            chosen.idle_ats, chosen.expire_ats, chosen.instants, chosen.event_ids, chosen.actions,
                            chosen.request_ids) AS made) AS opened
        ON done.status = 'open' AND opened.ord = done.place
     ORDER BY done.ord;
END
$$;
COMMENT ON FUNCTION challenge_redeem(uuid[], text[], bytea[], bytea[], uuid[], boolean[], bytea[], bytea[], smallint[],
    smallint[], smallint[], uuid[], bytea[], uuid[], bytea[], timestamptz[], timestamptz[], timestamptz[],
    timestamptz[], uuid[], text[], text[]) IS
    'Redeems codes for sessions; one status row for each member: absent, closed, wrong, right or open';
