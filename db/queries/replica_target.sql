-- How far the primary is: what it has confirmed lies before `position`. Null where it is no primary.
-- SPDX-License-Identifier: Apache-2.0
-- A beacon is the primary's own when it was written on its timeline (docs/adr/0003-read-replica.md).
-- lane: read
-- repeatable: yes
-- column: position int8
-- column: beacon_id uuid
-- column: is_own bool
-- column: lit_at instant
SELECT CASE WHEN pg_is_in_recovery() THEN NULL
            WHEN current_setting('synchronous_commit') = 'off'
                 THEN (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint
            ELSE (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint END,
       replica_beacon.beacon_id,
       CASE WHEN pg_is_in_recovery() THEN false
            ELSE coalesce(replica_beacon.timeline = left(pg_walfile_name(pg_current_wal_flush_lsn()), 8), false) END,
       replica_beacon.lit_at
  FROM (VALUES (true)) AS always (only_row)
  LEFT JOIN replica_beacon ON replica_beacon.only_row = always.only_row
