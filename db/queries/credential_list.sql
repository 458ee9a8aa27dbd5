-- Reads how a person can sign in, what was tried lately, and what is closed to strangers: a row for each of these two.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: read
-- repeatable: yes
-- param: person_key int8
-- param: person_id uuid
-- param: instant instant
-- column: ord int8
-- column: registered_at instant
-- column: phone_sealed bytea
-- column: password_set_at instant
-- column: pin_set_at instant
-- column: attempt_at instant
-- column: attempt_kind text
-- column: source_kind text
-- column: is_known_source bool
-- column: closed_kind text
-- column: closed_until instant
SELECT asked.ord, registration.registered_at, person.phone_sealed, password.set_at, pin.set_at, event.at, event.kind,
       event.source_kind, event.is_known, event.closed_kind, event.closed_until
  FROM unnest($1::bigint[], $2::uuid[], $3::timestamptz[]) WITH ORDINALITY
       AS asked (person_key, person_id, instant, ord)
  JOIN person ON person.person_key = asked.person_key AND person.person_id = asked.person_id
  LEFT JOIN registration ON registration.person_key = asked.person_key
  LEFT JOIN credential AS password ON password.person_key = asked.person_key AND password.kind = 'password'
  LEFT JOIN credential AS pin ON pin.person_key = asked.person_key AND pin.kind = 'pin'
  LEFT JOIN LATERAL (
       (SELECT attempt.at, attempt.kind, attempt.source_kind, NOT attempt.is_stranger AS is_known,
               NULL AS closed_kind, NULL::timestamptz AS closed_until
          FROM attempt
         WHERE attempt.person_key = asked.person_key
         ORDER BY attempt.at DESC
         LIMIT 20)
         UNION ALL
       SELECT NULL, NULL, NULL, NULL, attempt_limit.kind, max(oldest.at + make_interval(secs => attempt_limit.window_s))
         FROM attempt_limit
        CROSS JOIN LATERAL (
              SELECT DISTINCT attempt.target
                FROM attempt
               WHERE attempt.person_key = asked.person_key AND attempt.kind = attempt_limit.kind
                 AND attempt.is_stranger) AS own
        CROSS JOIN LATERAL (
              SELECT attempt.at
                FROM attempt
               WHERE attempt.kind = attempt_limit.kind AND attempt.target = own.target AND attempt.is_stranger
                 AND attempt.at > asked.instant - make_interval(secs => attempt_limit.window_s)
               ORDER BY attempt.at DESC
              OFFSET attempt_limit.at_most - 1 LIMIT 1) AS oldest
        WHERE attempt_limit.scope = 'strangers'
        GROUP BY attempt_limit.kind) AS event ON true
 ORDER BY asked.ord, event.closed_kind NULLS FIRST, event.at DESC
