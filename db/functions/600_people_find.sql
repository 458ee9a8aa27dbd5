-- Finds people by keyed hash of a number, and records each search: with the person found, or with nobody.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each search. kinds: citizen_number or card_number. visibles: comma-joined LIKE
-- patterns of pool codes, null for who sees all; somebody outside them is nobody, in the answer and in the record.
-- Locks: none but those of the inserted rows. Repeating a search with its event id records it once.
-- Outcomes: one row for each search that found somebody: as that person is today, after merges. matched_by is the kind
-- of number, or former_number when it finds nobody in reach today, but did until a correction: the person shown is the
-- last who had it, and it is not theirs.
CREATE OR REPLACE FUNCTION people_find(
    kinds text[], hashes bytea[], visibles text[], event_ids uuid[], instants timestamptz[], actor_ids uuid[],
    request_ids text[])
RETURNS TABLE (ord bigint, person_key bigint, matched_by text)
LANGUAGE sql VOLATILE
AS $$
WITH asked AS MATERIALIZED (
    SELECT a.*
      FROM unnest(kinds, hashes, visibles, event_ids, instants, actor_ids, request_ids) WITH ORDINALITY
           AS a (kind, hash, visible, event_id, instant, actor_id, request_id, ord)
), found AS MATERIALIZED (
    SELECT DISTINCT ON (asked.ord) asked.ord, candidate.person_key, candidate.matched_by
      FROM asked
     CROSS JOIN LATERAL (
           SELECT identifier.person_key, identifier.kind AS matched_by, NULL::timestamptz AS retired_at
             FROM current_identifier AS identifier
            WHERE identifier.kind = asked.kind AND identifier.hash = asked.hash
           UNION ALL
           SELECT coalesce(alias.current_person_key, former.person_key), 'former_number', former.retired_at
             FROM person_identifier_former AS former
             LEFT JOIN person_alias AS alias ON alias.person_key = former.person_key
            WHERE former.kind = asked.kind AND former.hash = asked.hash) AS candidate
     WHERE asked.visible IS NULL OR person_is_visible(candidate.person_key, asked.visible)
     ORDER BY asked.ord, candidate.retired_at DESC NULLS FIRST, candidate.person_key
), recorded AS (
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, request_id, detail)
    SELECT asked.event_id, asked.instant, 'staff', asked.actor_id, 'search_people', found.person_key,
           asked.request_id, jsonb_build_object('by', coalesce(found.matched_by, asked.kind),
                                                'found', found.ord IS NOT NULL)
      FROM asked
      LEFT JOIN found ON found.ord = asked.ord
        ON CONFLICT (event_id) DO NOTHING
)
SELECT found.ord, found.person_key, found.matched_by FROM found ORDER BY found.ord
$$;
COMMENT ON FUNCTION people_find(text[], bytea[], text[], uuid[], timestamptz[], uuid[], text[]) IS
    'Finds people by keyed hash of a number and records each search; one row for each that found somebody in reach';
