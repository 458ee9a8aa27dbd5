-- Tells whether one more attempt would be taken, and how long it is to wait otherwise.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each attempt; person_keys null when nobody has the number; are_trusted:
-- whoever asks is signed in, and no stranger wherever they are; instants in real time.
-- Earlier members for the same subject or source count as if they had failed, so that a batch takes no more than the
-- same attempts one by one; but for PINs of many numbers, whose source may be a client: that stands for all callers
-- whose phone is not told, and is never closed for what one of them does.
-- Somebody's own sources (known_source) are never closed by what others do elsewhere.
-- Locks: none; a caller that writes has taken those of attempt_settle.
-- Outcomes: one row for each member, in order; retry_after_s is 0 when it would be taken. Nothing depends on whether
-- anybody has the number, but through sources that have proved to be that person.
CREATE OR REPLACE FUNCTION attempt_judge(
    kinds text[], subjects bytea[], targets bytea[], sources bytea[], person_keys bigint[], are_trusted boolean[],
    instants timestamptz[])
RETURNS TABLE (ord bigint, is_stranger boolean, retry_after_s integer)
LANGUAGE sql STABLE
AS $$
WITH asked AS MATERIALIZED (
    SELECT a.kind, a.subject, a.target, a.source, a.instant, a.ord,
           NOT coalesce(a.is_trusted, false)
           AND NOT EXISTS (SELECT FROM known_source
                            WHERE known_source.person_key = a.person_key AND known_source.source = a.source)
               AS is_stranger
      FROM unnest(kinds, subjects, targets, sources, person_keys, are_trusted, instants) WITH ORDINALITY
           AS a (kind, subject, target, source, person_key, is_trusted, instant, ord)
), counted AS MATERIALIZED (
    SELECT asked.*,
           row_number() OVER (PARTITION BY asked.kind, asked.subject, asked.source ORDER BY asked.ord) - 1
               AS before_in_pair,
           row_number() OVER (PARTITION BY asked.kind, asked.target, asked.is_stranger ORDER BY asked.ord) - 1
               AS before_of_strangers,
           row_number() OVER (PARTITION BY asked.kind, asked.source, asked.is_stranger ORDER BY asked.ord) - 1
               AS before_from_source
      FROM asked
), reached AS (
    SELECT counted.ord, counted.instant, attempt_limit.window_s, oldest.at
      FROM counted
      JOIN attempt_limit ON attempt_limit.kind = counted.kind AND attempt_limit.scope = 'pair'
     CROSS JOIN LATERAL (
           (SELECT attempt.at
              FROM attempt
             WHERE attempt.kind = counted.kind AND attempt.subject = counted.subject
               AND attempt.source = counted.source
               AND attempt.at > counted.instant - make_interval(secs => attempt_limit.window_s)
             ORDER BY attempt.at DESC
            OFFSET greatest(attempt_limit.at_most - counted.before_in_pair - 1, 0) LIMIT 1)
             UNION ALL
            SELECT counted.instant WHERE counted.before_in_pair >= attempt_limit.at_most) AS oldest
     UNION ALL
    SELECT counted.ord, counted.instant, attempt_limit.window_s, oldest.at
      FROM counted
      JOIN attempt_limit ON attempt_limit.kind = counted.kind AND attempt_limit.scope = 'strangers'
     CROSS JOIN LATERAL (
           (SELECT attempt.at
              FROM attempt
             WHERE attempt.kind = counted.kind AND attempt.target = counted.target AND attempt.is_stranger
               AND attempt.at > counted.instant - make_interval(secs => attempt_limit.window_s)
             ORDER BY attempt.at DESC
            OFFSET greatest(attempt_limit.at_most - counted.before_of_strangers - 1, 0) LIMIT 1)
             UNION ALL
            SELECT counted.instant WHERE counted.before_of_strangers >= attempt_limit.at_most) AS oldest
     WHERE counted.is_stranger
     UNION ALL
    SELECT counted.ord, counted.instant, attempt_limit.window_s, oldest.at
      FROM counted
      JOIN attempt_limit ON attempt_limit.kind = counted.kind AND attempt_limit.scope = 'source'
     CROSS JOIN LATERAL (
           (SELECT attempt.at
              FROM attempt
             WHERE attempt.kind = counted.kind AND attempt.source = counted.source AND attempt.is_stranger
               AND attempt.source_kind <> 'client'
               AND attempt.at > counted.instant - make_interval(secs => attempt_limit.window_s)
             ORDER BY attempt.at DESC
            OFFSET greatest(attempt_limit.at_most - counted.before_from_source - 1, 0) LIMIT 1)
             UNION ALL
            SELECT counted.instant
             WHERE counted.before_from_source >= attempt_limit.at_most AND counted.kind <> 'pin') AS oldest
     WHERE counted.is_stranger
)
SELECT asked.ord, asked.is_stranger,
       coalesce((SELECT max(greatest(1, least(reached.window_s, ceil(extract(epoch FROM reached.at - reached.instant))
                                                                + reached.window_s)))::integer
                   FROM reached
                  WHERE reached.ord = asked.ord), 0)
  FROM asked
 ORDER BY asked.ord
$$;
COMMENT ON FUNCTION attempt_judge(text[], bytea[], bytea[], bytea[], bigint[], boolean[], timestamptz[]) IS
    'Whether one more attempt would be taken (retry_after_s 0), and whether its source is a stranger to that person';
