-- Reads one page of the log of audit events, newest first.
-- SPDX-License-Identifier: Apache-2.0
-- Four ways in, of which the parameters leave one: a person's events (also those under keys that a merge made
-- aliases), an actor's, those of one kind, or all; each is one backward range of an index. What the other filters and
-- the reader's regions leave out is sorted out afterwards, over $9 events at most, so that a page costs the same
-- however long the log is and however little of it is the reader's. When that many were looked through and the page is
-- not full, one row more (is_marker) says where to go on. `scanned` is read in the order in which it is filled, and
-- only as far as the page needs.
-- An event of the reader's pools may be about somebody out of reach (a number entered a second time): it does not tell
-- who.
-- lane: slow
-- repeatable: yes
-- param: visible text
-- param: person_key int8
-- param: actor_id uuid
-- param: action text
-- param: from_at instant
-- param: to_at instant
-- param: before_at instant
-- param: before_event_id uuid
-- param: scan_limit int8
-- param: row_limit int8
-- column: is_marker bool
-- column: event_id uuid
-- column: at instant
-- column: actor_kind text
-- column: actor_id uuid
-- column: action text
-- column: person_id uuid
-- column: object_id uuid
-- column: pool_code text
-- column: request_id text
-- column: detail text
WITH scanned AS MATERIALIZED (
    (SELECT event.*
       FROM (SELECT $2::bigint
             UNION ALL
             SELECT person_alias.person_key FROM person_alias WHERE person_alias.current_person_key = $2)
            AS mine (person_key)
      CROSS JOIN LATERAL (SELECT audit_event.*
                            FROM audit_event
                           WHERE audit_event.person_key = mine.person_key AND audit_event.at BETWEEN $5 AND $6
                             AND (audit_event.at, audit_event.event_id) < ($7::timestamptz, $8::uuid)
                           ORDER BY audit_event.at DESC, audit_event.event_id DESC
                           LIMIT $9) AS event
      WHERE mine.person_key IS NOT NULL
      ORDER BY event.at DESC, event.event_id DESC
      LIMIT $9)
    UNION ALL
    (SELECT audit_event.*
       FROM audit_event
      WHERE $2::bigint IS NULL AND $3::uuid IS NOT NULL AND audit_event.actor_id = $3
        AND audit_event.at BETWEEN $5 AND $6
        AND (audit_event.at, audit_event.event_id) < ($7::timestamptz, $8::uuid)
      ORDER BY audit_event.at DESC, audit_event.event_id DESC
      LIMIT $9)
    UNION ALL
    (SELECT audit_event.*
       FROM audit_event
      WHERE $2::bigint IS NULL AND $3::uuid IS NULL AND $4::text IS NOT NULL AND audit_event.action = $4
        AND audit_event.at BETWEEN $5 AND $6
        AND (audit_event.at, audit_event.event_id) < ($7::timestamptz, $8::uuid)
      ORDER BY audit_event.at DESC, audit_event.event_id DESC
      LIMIT $9)
    UNION ALL
    (SELECT audit_event.*
       FROM audit_event
      WHERE $2::bigint IS NULL AND $3::uuid IS NULL AND $4::text IS NULL AND audit_event.at BETWEEN $5 AND $6
        AND (audit_event.at, audit_event.event_id) < ($7::timestamptz, $8::uuid)
      ORDER BY audit_event.at DESC, audit_event.event_id DESC
      LIMIT $9)
), page AS MATERIALIZED (
    SELECT scanned.*
      FROM scanned
     WHERE ($3::uuid IS NULL OR scanned.actor_id = $3)
       AND ($4::text IS NULL OR scanned.action = $4)
       AND ($1::text IS NULL OR scanned.pool_code LIKE ANY (string_to_array($1, ','))
            OR (scanned.person_key IS NOT NULL AND person_is_visible(scanned.person_key, $1)))
     LIMIT $10
), marker AS (
    SELECT scanned.*
      FROM scanned
     WHERE (SELECT count(*) FROM page) < $10 AND (SELECT count(*) FROM scanned) = $9
     ORDER BY scanned.at, scanned.event_id
     LIMIT 1
)
SELECT shown.is_marker, shown.event_id, shown.at, shown.actor_kind, shown.actor_id, shown.action,
       CASE WHEN $1::text IS NULL OR person_is_visible(person.person_key, $1) THEN person.person_id END,
       shown.object_id, shown.pool_code, shown.request_id, shown.detail::text
  FROM (SELECT false AS is_marker, page.* FROM page
        UNION ALL
        SELECT true, marker.* FROM marker) AS shown
  LEFT JOIN person ON person.person_key = shown.person_key
 ORDER BY shown.is_marker, shown.at DESC, shown.event_id DESC
