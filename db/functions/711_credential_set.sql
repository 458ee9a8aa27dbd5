-- Sets the password or PIN of somebody who is signed in and has proved it once more.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. kinds: password or pin, what is set. The proof is either the
-- current password (proof_salts, proof_hashes: what it became with the salt that was read before) or a step_up
-- challenge with its code. are_ready false: the proof is judged and counted, but nothing is set and a code stays good.
-- token_ids: the token it came with, whose session goes on; a new password ends the others. The rest as for
-- attempt_settle.
-- Locks: the challenges, in the order of their ids; those of attempt_settle; the credentials; then session_close.
-- Outcomes: one row for each member, in order. status, by precedence:
--   closed  too many wrong proofs; try again in retry_after_s
--   wrong   another password or code, or a challenge that is not good
--   right   the proof is good; nothing was set
--   set     it holds from now on
CREATE OR REPLACE FUNCTION credential_set(
    person_keys bigint[], person_ids uuid[], kinds text[], proof_salts bytea[], proof_hashes bytea[],
    challenge_ids uuid[], code_hashes bytea[], subjects bytea[], sources bytea[], attempt_ids uuid[],
    are_ready boolean[], salts bytea[], hashes bytea[], log2_ns smallint[], block_sizes smallint[],
    parallels smallint[], token_ids uuid[], instants timestamptz[], event_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text, retry_after_s integer)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
DECLARE
    statuses text[];
    waits integer[];
BEGIN
    PERFORM FROM challenge WHERE challenge.challenge_id = ANY (challenge_ids) ORDER BY challenge.challenge_id
       FOR NO KEY UPDATE;
    WITH asked AS MATERIALIZED (
        SELECT a.*, challenge.tries_left,
               coalesce(challenge.used_for = a.event_id, false) AS is_same,
               coalesce(challenge.purpose = 'step_up' AND challenge.ended_at IS NULL
                        AND challenge.expires_at > a.instant, false) AS is_live,
               coalesce(hash_is(challenge.code_hash, a.code_hash), false) AS is_match,
               person.person_key IS NOT NULL AS is_there,
               EXISTS (SELECT FROM credential
                        WHERE credential.person_key = a.person_key AND credential.kind = 'password'
                          AND credential.salt = a.proof_salt AND hash_is(credential.hash, a.proof_hash)) AS is_password
          FROM unnest(person_keys, person_ids, proof_salts, proof_hashes, challenge_ids, code_hashes, subjects, sources,
                      attempt_ids, are_ready, instants, event_ids) WITH ORDINALITY
               AS a (person_key, person_id, proof_salt, proof_hash, challenge_id, code_hash, subject, source,
                     attempt_id, is_ready, instant, event_id, ord)
          LEFT JOIN challenge ON challenge.challenge_id = a.challenge_id AND challenge.person_key = a.person_key
          LEFT JOIN person ON person.person_key = a.person_key AND person.person_id = a.person_id
                          AND person.deceased_on IS NULL
                          AND NOT EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = person.person_key)
    ), hit AS (
        SELECT asked.*, asked.is_live AND asked.is_match AS is_hit FROM asked
    ), judged AS MATERIALIZED (
        SELECT hit.*,
               hit.is_there
               AND CASE WHEN hit.challenge_id IS NULL THEN hit.is_password
                        ELSE (hit.is_match AND hit.is_same)
                             OR (hit.is_hit AND hit.tries_left > count(*) FILTER (WHERE NOT hit.is_hit) OVER earlier
                                 AND count(*) FILTER (WHERE hit.is_hit AND hit.is_ready) OVER earlier = 0)
                   END AS is_right
          FROM hit
        WINDOW earlier AS (PARTITION BY hit.challenge_id ORDER BY hit.ord
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ), settled AS MATERIALIZED (
        SELECT verdict.*
          FROM attempt_settle(
                   ARRAY(SELECT judged.attempt_id FROM judged ORDER BY judged.ord),
                   ARRAY(SELECT CASE WHEN judged.challenge_id IS NULL THEN 'password' ELSE 'code' END
                           FROM judged ORDER BY judged.ord),
                   ARRAY(SELECT judged.subject FROM judged ORDER BY judged.ord),
                   ARRAY(SELECT judged.subject FROM judged ORDER BY judged.ord),
                   ARRAY(SELECT judged.source FROM judged ORDER BY judged.ord),
                   ARRAY(SELECT 'address' FROM judged),
                   ARRAY(SELECT judged.person_key FROM judged ORDER BY judged.ord),
                   ARRAY(SELECT false FROM judged),
                   ARRAY(SELECT judged.is_right FROM judged ORDER BY judged.ord),
                   ARRAY(SELECT judged.instant FROM judged ORDER BY judged.ord)) AS verdict
    ), ended AS MATERIALIZED (
        SELECT judged.*, settled.retry_after_s,
               CASE WHEN settled.status = 'closed' THEN 'closed'
                    WHEN settled.status <> 'passed' THEN 'wrong'
                    WHEN coalesce(judged.is_ready, false) THEN 'set'
                    ELSE 'right' END AS status
          FROM judged
          JOIN settled ON settled.ord = judged.ord
    ), counted AS (
        UPDATE challenge
           SET tries_left = greatest(challenge.tries_left - tried.wrong_count, 0),
               ended_at = coalesce(challenge.ended_at, tried.ended_at),
               used_for = coalesce(challenge.used_for, tried.used_for)
          FROM (SELECT ended.challenge_id, ended.person_key,
                       count(*) FILTER (WHERE ended.status = 'wrong') AS wrong_count,
                       max(ended.instant) FILTER (WHERE ended.status = 'set') AS ended_at,
                       (array_agg(ended.event_id) FILTER (WHERE ended.status = 'set'))[1] AS used_for
                  FROM ended
                 WHERE ended.challenge_id IS NOT NULL
                 GROUP BY ended.challenge_id, ended.person_key) AS tried
         WHERE challenge.challenge_id = tried.challenge_id AND challenge.person_key = tried.person_key
    )
    SELECT array_agg(ended.status ORDER BY ended.ord), array_agg(ended.retry_after_s ORDER BY ended.ord)
      INTO statuses, waits
      FROM ended;

    INSERT INTO credential AS known (person_key, kind, person_id, salt, hash, pepper_version, log2_n, block_size,
                                     parallel, set_at)
    SELECT DISTINCT ON (a.person_key, a.kind) a.person_key, a.kind, a.person_id, a.salt, hash_looked(a.hash),
           hash_version(a.hash), a.log2_n, a.block_size, a.parallel, a.instant
      FROM unnest(person_keys, person_ids, kinds, statuses, salts, hashes, log2_ns, block_sizes, parallels, instants)
           WITH ORDINALITY
           AS a (person_key, person_id, kind, status, salt, hash, log2_n, block_size, parallel, instant, ord)
     WHERE a.status = 'set'
     ORDER BY a.person_key, a.kind, a.ord DESC
        ON CONFLICT (person_key, kind) DO UPDATE
       SET salt = excluded.salt, hash = excluded.hash, pepper_version = excluded.pepper_version,
           log2_n = excluded.log2_n, block_size = excluded.block_size, parallel = excluded.parallel,
           set_at = excluded.set_at;
    PERFORM session_close(array_agg(session.person_key), array_agg(session.session_id),
                          array_agg('password_changed'::text), array_agg(a.instant))
       FROM unnest(person_keys, kinds, statuses, token_ids, instants)
            AS a (person_key, kind, status, token_id, instant)
       JOIN session ON session.person_key = a.person_key AND session.ended_at IS NULL
      WHERE a.status = 'set' AND a.kind = 'password'
        AND NOT EXISTS (SELECT FROM token WHERE token.token_id = a.token_id AND token.session_id = session.session_id)
     HAVING count(*) > 0;
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, request_id, detail)
    SELECT a.event_id, a.instant, 'citizen', a.person_id, 'set_my_' || a.kind, a.person_key, a.request_id,
           jsonb_build_object('proof', CASE WHEN a.challenge_id IS NULL THEN 'password' ELSE 'sms' END)
      FROM unnest(person_keys, person_ids, kinds, statuses, challenge_ids, instants, event_ids, request_ids)
           AS a (person_key, person_id, kind, status, challenge_id, instant, event_id, request_id)
     WHERE a.status = 'set'
        ON CONFLICT DO NOTHING;

    RETURN QUERY
    SELECT a.ord, a.status, a.retry_after_s
      FROM unnest(statuses, waits) WITH ORDINALITY AS a (status, retry_after_s, ord)
     ORDER BY a.ord;
END
$$;
COMMENT ON FUNCTION credential_set(bigint[], uuid[], text[], bytea[], bytea[], uuid[], bytea[], bytea[], bytea[],
    uuid[], boolean[], bytea[], bytea[], smallint[], smallint[], smallint[], uuid[], timestamptz[], uuid[], text[]) IS
    'Sets the password or PIN of somebody who proved it once more; one status row each: closed, wrong, right or set';
