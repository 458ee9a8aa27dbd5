-- Writes a new beacon where the one that stands is of another timeline, or from before `if_before`.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- writes: yes
-- repeatable: yes
-- param: beacon_id uuid
-- param: at instant
-- param: if_before instant
INSERT INTO replica_beacon AS standing (beacon_id, timeline, lit_at)
VALUES ($1, left(pg_walfile_name(pg_current_wal_flush_lsn()), 8), $2)
    ON CONFLICT (only_row) DO UPDATE
   SET beacon_id = excluded.beacon_id, timeline = excluded.timeline, lit_at = excluded.lit_at
 WHERE standing.timeline <> excluded.timeline OR standing.lit_at < $3
