-- Claims what is needed to begin or to change transfers of persons: idempotency keys, then the persons' rows.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; is_waiting: wait for persons that somebody else holds, no
-- longer than lock_timeout.
-- Locks, in this order: keys (advisory, tried and never waited for), then the persons in key order, as all do who
-- change enrolments. So what is read of enrolments and transfers must be read in a LATER statement than this.
-- Outcomes: one row for each member, in order. verdict, by precedence:
--   deferred, replayed, idempotency_key_reused, request_in_progress   as idempotency_claim has them
--   not_found   there is no such person
--   deferred    an earlier member has the person, or another transaction does: ask again
--   locked      the person is this member's until the transaction ends
CREATE OR REPLACE FUNCTION transfer_claim(
    asked_operation text, principal_ids uuid[], person_keys bigint[], keys text[], content_hashes bytea[],
    is_waiting boolean)
RETURNS TABLE (ord bigint, verdict text, stored_status text, stored_id uuid, stored_outcome jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    claims jsonb[];
    firsts bigint[];
    locked bigint[];
BEGIN
    SELECT array_agg(to_jsonb(c) ORDER BY c.ord) INTO claims
      FROM idempotency_claim(principal_ids, asked_operation, keys, content_hashes) AS c;
    SELECT array_agg(a.ord) INTO firsts
      FROM (SELECT DISTINCT ON (asked.person_key) asked.ord
              FROM unnest(person_keys, claims) WITH ORDINALITY AS asked (person_key, claim, ord)
             WHERE asked.claim ->> 'verdict' = 'new'
             ORDER BY asked.person_key, asked.ord) AS a;
    IF is_waiting THEN
        SELECT array_agg(got.person_key) INTO locked
          FROM (SELECT person.person_key FROM person
                 WHERE person.person_key = ANY (ARRAY(SELECT person_keys[f] FROM unnest(firsts) AS f))
                 ORDER BY person.person_key FOR NO KEY UPDATE) AS got;
    ELSE
        SELECT array_agg(got.person_key) INTO locked
          FROM (SELECT person.person_key FROM person
                 WHERE person.person_key = ANY (ARRAY(SELECT person_keys[f] FROM unnest(firsts) AS f))
                 ORDER BY person.person_key FOR NO KEY UPDATE SKIP LOCKED) AS got;
    END IF;
    RETURN QUERY
    SELECT a.ord,
           CASE WHEN a.claim ->> 'verdict' <> 'new' THEN a.claim ->> 'verdict'
                WHEN a.ord = ANY (firsts) AND a.person_key = ANY (locked) THEN 'locked'
                WHEN NOT EXISTS (SELECT FROM person WHERE person.person_key = a.person_key) THEN 'not_found'
                ELSE 'deferred' END,
           a.claim ->> 'status', (a.claim ->> 'object_id')::uuid, nullif(a.claim -> 'outcome', 'null')
      FROM unnest(person_keys, claims) WITH ORDINALITY AS a (person_key, claim, ord)
     ORDER BY a.ord;
END
$$;
COMMENT ON FUNCTION transfer_claim(text, uuid[], bigint[], text[], bytea[], boolean) IS
    'Claims keys and persons of requests that begin or change transfers; a verdict for each, locked for what may go on';
