-- Opens sessions for whoever gave the right password.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. person_keys: whom the number means, or null; salts and hashes:
-- what the given password became with the salt that was read before (hash_items), so that a password changed since then
-- is wrong.
-- The rest as for attempt_settle and session_open. Executing it again with the same session id answers the same.
-- Locks: the credentials, shared, in order; those of attempt_settle; then those of session_open.
-- Outcomes: one row for each member, in order. status, by precedence:
--   closed  too many wrong passwords; try again in retry_after_s
--   wrong   nobody, not registered, no password, or another one
--   open    a session was opened
CREATE OR REPLACE FUNCTION sign_in_password(
    person_keys bigint[], salts bytea[], hashes bytea[], subjects bytea[], targets bytea[], sources bytea[],
    attempt_ids uuid[], session_ids uuid[], token_hashes bytea[], token_ids uuid[], refresh_hashes bytea[],
    access_expire_ats timestamptz[], idle_ats timestamptz[], expire_ats timestamptz[], instants timestamptz[],
    event_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text, retry_after_s integer, session_id uuid, person_id uuid)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
BEGIN
    -- A password that is being changed is waited for, and the change waits for this: then it sees the new session, and
    -- ends it.
    PERFORM FROM credential
     WHERE credential.person_key = ANY (person_keys) AND credential.kind = 'password'
     ORDER BY credential.person_key
       FOR SHARE;
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.*, right_one.person_id
          FROM unnest(person_keys, salts, hashes, subjects, targets, sources, attempt_ids, session_ids, token_hashes,
                      token_ids, refresh_hashes, access_expire_ats, idle_ats, expire_ats, instants, event_ids,
                      request_ids) WITH ORDINALITY
               AS a (person_key, salt, hash, subject, target, source, attempt_id, session_id, token_hash, token_id,
                     refresh_hash, access_expires_at, idle_at, expires_at, instant, event_id, request_id, ord)
          LEFT JOIN LATERAL (
               SELECT person.person_id
                 FROM credential
                 JOIN registration ON registration.person_key = credential.person_key
                 JOIN person ON person.person_key = credential.person_key AND person.deceased_on IS NULL
                WHERE credential.person_key = a.person_key AND credential.kind = 'password'
                  AND credential.salt = a.salt AND hash_is(credential.hash, a.hash)) AS right_one ON true
    ), settled AS MATERIALIZED (
        SELECT verdict.*
          FROM attempt_settle(
                   ARRAY(SELECT asked.attempt_id FROM asked ORDER BY asked.ord),
                   ARRAY(SELECT 'password' FROM asked),
                   ARRAY(SELECT asked.subject FROM asked ORDER BY asked.ord),
                   ARRAY(SELECT asked.target FROM asked ORDER BY asked.ord),
                   ARRAY(SELECT asked.source FROM asked ORDER BY asked.ord),
                   ARRAY(SELECT 'address' FROM asked),
                   ARRAY(SELECT asked.person_key FROM asked ORDER BY asked.ord),
                   ARRAY(SELECT false FROM asked),
                   ARRAY(SELECT asked.person_id IS NOT NULL FROM asked ORDER BY asked.ord),
                   ARRAY(SELECT asked.instant FROM asked ORDER BY asked.ord)) AS verdict
    ), done AS MATERIALIZED (
        SELECT asked.*, settled.retry_after_s,
               CASE settled.status WHEN 'closed' THEN 'closed' WHEN 'passed' THEN 'open' ELSE 'wrong' END AS status,
               row_number() OVER (PARTITION BY settled.status ORDER BY asked.ord) AS place
          FROM asked
          JOIN settled ON settled.ord = asked.ord
    ), chosen AS MATERIALIZED (
        SELECT array_agg(done.session_id ORDER BY done.ord) AS session_ids,
               array_agg(done.person_key ORDER BY done.ord) AS person_keys,
               array_agg(done.person_id ORDER BY done.ord) AS person_ids,
               array_agg('password'::text ORDER BY done.ord) AS methods,
               array_agg(done.source ORDER BY done.ord) AS sources,
               array_agg(done.token_hash ORDER BY done.ord) AS token_hashes,
               array_agg(done.token_id ORDER BY done.ord) AS token_ids,
               array_agg(done.refresh_hash ORDER BY done.ord) AS refresh_hashes,
               array_agg(done.access_expires_at ORDER BY done.ord) AS access_expire_ats,
               array_agg(done.idle_at ORDER BY done.ord) AS idle_ats,
               array_agg(done.expires_at ORDER BY done.ord) AS expire_ats,
               array_agg(done.instant ORDER BY done.ord) AS instants,
               array_agg(done.event_id ORDER BY done.ord) AS event_ids,
               array_agg('sign_in_with_password'::text ORDER BY done.ord) AS actions,
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
COMMENT ON FUNCTION sign_in_password(bigint[], bytea[], bytea[], bytea[], bytea[], bytea[], uuid[], uuid[], bytea[],
    uuid[], bytea[], timestamptz[], timestamptz[], timestamptz[], timestamptz[], uuid[], text[]) IS
    'Opens sessions for whoever gave the right password; one status row for each member: closed, wrong or open';
