-- Whom the numbers of an invitation find, and whether the names given with them are theirs; wrong ones are counted.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. are_asked: look it up at all; are_counted: citizens guess, staff
-- may search anyway; guardian_hashes null where none is named; sources: who asks; instants in business time.
-- Hashes of names as for hash_is.
-- A number that nobody has counts like a wrong name. Ids of attempts are those of the invitations, so that the same
-- call again counts nothing twice, and is not closed by itself.
-- Locks: those of attempt_settle, which waits: call it before anything that others may want is locked.
-- Outcomes: one row for each member, in order. keys: null for nobody; retry_after_s: not 0 where too many were tried.
CREATE OR REPLACE FUNCTION family_look_up(
    are_asked boolean[], are_counted boolean[], family_member_ids uuid[], number_hashes bytea[], name_hashes bytea[],
    guardian_hashes bytea[], guardian_name_hashes bytea[], sources bytea[], instants timestamptz[],
    real_instants timestamptz[])
RETURNS TABLE (
    ord bigint, member_key bigint, is_named boolean, guardian_key bigint, is_guardian_named boolean,
    retry_after_s integer)
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    tried record;
    closed bigint[];
    waits_s integer[];
BEGIN
    SELECT array_agg(t.id ORDER BY t.ord, t.place) AS ids, array_agg(t.hash ORDER BY t.ord, t.place) AS hashes,
           array_agg(t.source ORDER BY t.ord, t.place) AS sources, array_agg(t.ord ORDER BY t.ord, t.place) AS ords,
           array_agg(t.is_right ORDER BY t.ord, t.place) AS are_right,
           array_agg(t.real_instant ORDER BY t.ord, t.place) AS instants, count(*)::integer AS size
      INTO tried
      FROM (SELECT a.ord, named.place, named.hash, a.source, a.real_instant,
                   CASE named.place WHEN 1 THEN a.id ELSE md5(a.id || ' guardian')::uuid END AS id,
                   EXISTS (SELECT FROM current_identifier AS found
                             JOIN person ON person.person_key = found.person_key
                            WHERE found.kind = 'citizen_number' AND found.hash = named.hash
                              AND hash_is(person.name_hash, named.name_hash) AND person.deceased_on IS NULL
                              AND (named.place = 2
                                   OR family_way('000000', 'nation', true, person.person_key,
                                                 (a.instant AT TIME ZONE 'Asia/Shanghai')::date) = 'direct'))
                   AS is_right
              FROM unnest(are_asked, are_counted, family_member_ids, number_hashes, name_hashes, guardian_hashes,
                          guardian_name_hashes, sources, instants, real_instants) WITH ORDINALITY
                   AS a (is_asked, is_counted, id, hash, name_hash, guardian_hash, guardian_name_hash, source, instant,
                         real_instant, ord)
             CROSS JOIN LATERAL (VALUES (1, a.hash, a.name_hash), (2, a.guardian_hash, a.guardian_name_hash))
                   AS named (place, hash, name_hash)
             WHERE a.is_asked AND a.is_counted AND named.hash IS NOT NULL) AS t;
    IF tried.ids IS NOT NULL THEN
        SELECT array_agg(tried.ords[s.ord]), array_agg(s.retry_after_s) INTO closed, waits_s
          FROM attempt_settle(
                   tried.ids, array_fill('name'::text, ARRAY[tried.size]), tried.hashes, tried.hashes, tried.sources,
                   array_fill('person'::text, ARRAY[tried.size]), array_fill(NULL::bigint, ARRAY[tried.size]),
                   array_fill(false, ARRAY[tried.size]), tried.are_right, tried.instants) AS s
         WHERE s.status = 'closed'
           AND NOT EXISTS (SELECT FROM attempt WHERE attempt.attempt_id = tried.ids[s.ord]);
    END IF;
    RETURN QUERY
    SELECT a.ord, member.person_key, coalesce(hash_is(member.name_hash, a.name_hash), false), guardian.person_key,
           coalesce(hash_is(guardian.name_hash, a.guardian_name_hash), false),
           coalesce((SELECT max(c.wait_s) FROM unnest(closed, waits_s) AS c (ord, wait_s) WHERE c.ord = a.ord), 0)
      FROM unnest(are_asked, number_hashes, name_hashes, guardian_hashes, guardian_name_hashes) WITH ORDINALITY
           AS a (is_asked, hash, name_hash, guardian_hash, guardian_name_hash, ord)
      LEFT JOIN LATERAL (SELECT person.person_key, person.name_hash
                           FROM current_identifier AS found
                           JOIN person ON person.person_key = found.person_key
                          WHERE a.is_asked AND found.kind = 'citizen_number' AND found.hash = a.hash) AS member ON true
      LEFT JOIN LATERAL (SELECT person.person_key, person.name_hash
                           FROM current_identifier AS found
                           JOIN person ON person.person_key = found.person_key
                          WHERE a.is_asked AND found.kind = 'citizen_number' AND found.hash = a.guardian_hash)
                AS guardian ON true
     ORDER BY a.ord;
END
$$;
COMMENT ON FUNCTION family_look_up(boolean[], boolean[], uuid[], bytea[], bytea[], bytea[], bytea[], bytea[],
    timestamptz[], timestamptz[]) IS
    'Whom the numbers of an invitation find, and whether the names given with them are theirs; wrong ones are counted';
