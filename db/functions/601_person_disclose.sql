-- Records that staff are shown personal data in full, and for what purpose, for each of which one event is written.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. fields: comma-joined names of what is to be shown. visibles:
-- comma-joined LIKE patterns of pool codes, null for who sees all.
-- Locks: none but those of the inserted rows. Repeating it with its event id records it once.
-- Outcomes: the numbers of the requests whose person is there and in reach; the others show nothing, and are recorded
-- too.
CREATE OR REPLACE FUNCTION person_disclose(
    person_keys bigint[], person_ids uuid[], visibles text[], fields text[], purposes text[], notes text[],
    event_ids uuid[], instants timestamptz[], actor_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint)
LANGUAGE sql VOLATILE
AS $$
WITH asked AS MATERIALIZED (
    SELECT a.*
      FROM unnest(person_keys, person_ids, visibles, fields, purposes, notes, event_ids, instants, actor_ids,
                  request_ids) WITH ORDINALITY
           AS a (person_key, person_id, visible, fields, purpose, note, event_id, instant, actor_id, request_id, ord)
), found AS MATERIALIZED (
    SELECT asked.ord
      FROM asked
      JOIN person ON person.person_key = asked.person_key AND person.person_id = asked.person_id
     WHERE asked.visible IS NULL OR person_is_visible(asked.person_key, asked.visible)
), recorded AS (
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, request_id, detail)
    SELECT asked.event_id, asked.instant, 'staff', asked.actor_id, 'create_disclosure', asked.person_key,
           asked.person_id, asked.request_id,
           jsonb_build_object('fields', string_to_array(asked.fields, ','), 'purpose', asked.purpose,
                              'note', asked.note, 'found', found.ord IS NOT NULL)
      FROM asked
      LEFT JOIN found ON found.ord = asked.ord
        ON CONFLICT (event_id) DO NOTHING
)
SELECT found.ord FROM found ORDER BY found.ord
$$;
COMMENT ON FUNCTION person_disclose(bigint[], uuid[], text[], text[], text[], text[], uuid[], timestamptz[], uuid[],
    text[]) IS 'Records disclosures of personal data; the numbers of the requests whose person is there and in reach';
