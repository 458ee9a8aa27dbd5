-- Judges attempts and counts those that failed: the one place where passwords, PINs, codes and messages are counted.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each attempt, as for attempt_judge; are_right: the secret was right (always
-- false for a text message: each one counts); source_kinds address, phone or client. Ids come from the caller, so
-- executing it again counts nothing twice. A caller that must look something up first does so before: here the
-- attempts at the same number wait for each other, so that not one more than the limit is ever judged.
-- Locks: an advisory transaction lock for each kind and subject, in order; then the known sources, in order.
-- Outcomes: one row for each member, in order. status, by precedence:
--   malformed something the table refuses: a caller checks before
--   closed   not judged at all, whether right or not; try again in retry_after_s
--   passed   right; its source is known for that person from now on
--   counted  wrong; closes_for_s tells (not 0) that this one reached a limit, which is an audit event of its own
CREATE OR REPLACE FUNCTION attempt_settle(
    attempt_ids uuid[], kinds text[], subjects bytea[], targets bytea[], sources bytea[], source_kinds text[],
    person_keys bigint[], are_trusted boolean[], are_right boolean[], instants timestamptz[])
RETURNS TABLE (ord bigint, status text, retry_after_s integer, closes_for_s integer)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
BEGIN
    PERFORM pg_advisory_xact_lock(one.number)
       FROM (SELECT DISTINCT hashtextextended(a.kind || encode(a.subject, 'hex'), 700) AS number
               FROM unnest(kinds, subjects) AS a (kind, subject)
              ORDER BY 1) AS one;
    -- Another snapshot from here on: it sees what those counted who held the locks.
    DELETE FROM attempt
     WHERE attempt.attempt_id IN (SELECT old.attempt_id
                                    FROM attempt AS old
                                   WHERE old.forget_at < (SELECT max(i) FROM unnest(instants) AS i)
                                   ORDER BY old.forget_at
                                   LIMIT 128
                                     FOR UPDATE SKIP LOCKED);
    RETURN QUERY
    WITH judged AS MATERIALIZED (
        SELECT a.*, verdict.is_stranger, verdict.retry_after_s,
               CASE WHEN (a.attempt_id IS NOT NULL AND a.kind IN ('password', 'pin', 'code', 'sms', 'name')
                          AND a.source_kind IN ('address', 'phone', 'client', 'person') AND octet_length(a.subject) = 32
                          AND octet_length(a.target) = 32 AND octet_length(a.source) = 32
                          AND isfinite(a.instant)) IS NOT TRUE THEN 'malformed'
                    WHEN verdict.retry_after_s > 0 THEN 'closed'
                    WHEN coalesce(a.is_right, false) THEN 'passed'
                    ELSE 'counted' END AS status
          FROM unnest(attempt_ids, kinds, subjects, targets, sources, source_kinds, person_keys, are_right, instants)
               WITH ORDINALITY AS a (attempt_id, kind, subject, target, source, source_kind, person_key, is_right,
                                     instant, ord)
          JOIN attempt_judge(kinds, subjects, targets, sources, person_keys, are_trusted, instants) AS verdict
            ON verdict.ord = a.ord
    ), counted AS (
        INSERT INTO attempt (attempt_id, kind, subject, target, source, source_kind, is_stranger, person_key, at,
                             forget_at)
        SELECT judged.attempt_id, judged.kind, judged.subject, judged.target, judged.source, judged.source_kind,
               judged.is_stranger, judged.person_key, judged.instant,
               judged.instant + (SELECT make_interval(secs => coalesce(max(attempt_limit.window_s), 0))
                                   FROM attempt_limit WHERE attempt_limit.kind = judged.kind)
          FROM judged
         WHERE judged.status = 'counted'
            ON CONFLICT DO NOTHING
    ), proved AS (
        INSERT INTO known_source AS known (person_key, source, source_kind, succeeded_at)
        SELECT DISTINCT ON (judged.person_key, judged.source)
               judged.person_key, judged.source, judged.source_kind, judged.instant
          FROM judged
         WHERE judged.status = 'passed' AND judged.person_key IS NOT NULL
         ORDER BY judged.person_key, judged.source, judged.instant DESC
            ON CONFLICT (person_key, source) DO UPDATE SET succeeded_at = greatest(known.succeeded_at,
                                                                                  excluded.succeeded_at)
    ), ended AS MATERIALIZED (
        SELECT judged.*, CASE WHEN judged.status = 'counted' THEN coalesce(after.retry_after_s, 0) ELSE 0 END
                         AS closes_for_s
          FROM judged
          LEFT JOIN LATERAL (
               SELECT next.retry_after_s
                 FROM attempt_judge(ARRAY[judged.kind, judged.kind], ARRAY[judged.subject, judged.subject],
                                    ARRAY[judged.target, judged.target], ARRAY[judged.source, judged.source],
                                    ARRAY[judged.person_key, judged.person_key],
                                    ARRAY[NOT judged.is_stranger, NOT judged.is_stranger],
                                    ARRAY[judged.instant, judged.instant]) AS next
                WHERE next.ord = 2 AND judged.status = 'counted') AS after ON true
    ), recorded AS (
        INSERT INTO audit_event (event_id, at, actor_kind, action, person_key, detail)
        SELECT ended.attempt_id, ended.instant, 'system', 'lock_out', ended.person_key,
               jsonb_build_object('kind', ended.kind, 'source_kind', ended.source_kind, 'is_stranger',
                                  ended.is_stranger, 'for_s', ended.closes_for_s)
          FROM ended
         WHERE ended.closes_for_s > 0
            ON CONFLICT DO NOTHING
    )
    SELECT ended.ord, ended.status, ended.retry_after_s, ended.closes_for_s
      FROM ended
     ORDER BY ended.ord;
END
$$;
COMMENT ON FUNCTION attempt_settle(uuid[], text[], bytea[], bytea[], bytea[], text[], bigint[], boolean[], boolean[],
    timestamptz[]) IS
    'Judges attempts and counts the failed; one status row for each member: malformed, closed, passed or counted';
