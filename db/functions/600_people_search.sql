-- Finds people by keyed hash of a number, and records each search: with the person found, or with nobody.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each search. kinds: citizen_number or card_number. visibles: comma-joined LIKE
-- patterns of pool codes, null for who sees all; somebody outside them is nobody, in the answer and in the record.
-- Locks: none but those of the inserted rows. Repeating a search with its event id records it once.
-- Outcomes: one row for each search that found somebody: as that person is today, after merges.
CREATE OR REPLACE FUNCTION people_search(
    kinds text[], hashes bytea[], visibles text[], event_ids uuid[], instants timestamptz[], actor_ids uuid[],
    request_ids text[])
RETURNS TABLE (ord bigint, person_key bigint)
LANGUAGE sql VOLATILE
AS $$
WITH asked AS MATERIALIZED (
    SELECT a.*
      FROM unnest(kinds, hashes, visibles, event_ids, instants, actor_ids, request_ids) WITH ORDINALITY
           AS a (kind, hash, visible, event_id, instant, actor_id, request_id, ord)
), found AS MATERIALIZED (
    SELECT asked.ord, identifier.person_key
      FROM asked
      JOIN current_identifier AS identifier ON identifier.kind = asked.kind AND identifier.hash = asked.hash
     WHERE asked.visible IS NULL OR person_is_visible(identifier.person_key, asked.visible)
), recorded AS (
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, request_id, detail)
    SELECT asked.event_id, asked.instant, 'staff', asked.actor_id, 'search_people', found.person_key,
           asked.request_id, jsonb_build_object('by', asked.kind, 'found', found.ord IS NOT NULL)
      FROM asked
      LEFT JOIN found ON found.ord = asked.ord
        ON CONFLICT (event_id) DO NOTHING
)
SELECT found.ord, found.person_key FROM found ORDER BY found.ord
$$;
COMMENT ON FUNCTION people_search(text[], bytea[], text[], uuid[], timestamptz[], uuid[], text[]) IS
    'Finds people by keyed hash of a number and records each search; one row for each that found somebody in reach';
