-- What shows a server that a replica follows the primary it knows, on the same line of history.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE replica_beacon (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    beacon_id uuid NOT NULL,
    timeline text NOT NULL CHECK (timeline ~ '^[0-9A-F]{8}$'),
    lit_at timestamptz NOT NULL
);
COMMENT ON TABLE replica_beacon IS 'At most one row, written once a minute, and after each fail-over, while a server uses a replica: a replica that does not show the same beacon as the primary answers nothing';
COMMENT ON COLUMN replica_beacon.only_row IS 'Always true: there is no second row';
COMMENT ON COLUMN replica_beacon.beacon_id IS 'Random; another each time';
COMMENT ON COLUMN replica_beacon.timeline IS 'Timeline of the primary that wrote it, in hexadecimal: another primary than that one must write a beacon of its own first';
COMMENT ON COLUMN replica_beacon.lit_at IS 'When it was written, in real time';
GRANT SELECT, INSERT, UPDATE ON replica_beacon TO yibao_app;

-- migrate:down
DROP TABLE replica_beacon;
