-- How far a replica is: its next statement sees all that lies before `position`.
-- SPDX-License-Identifier: Apache-2.0
-- The position is read after the statement's own snapshot was taken, so it says nothing of the row beside it but that
-- this is at least as old.
-- lane: read
-- repeatable: yes
-- column: position int8
-- column: is_replica bool
-- column: beacon_id uuid
SELECT coalesce((pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint, 0), pg_is_in_recovery(), replica_beacon.beacon_id
  FROM (VALUES (true)) AS always (only_row)
  LEFT JOIN replica_beacon ON replica_beacon.only_row = always.only_row
