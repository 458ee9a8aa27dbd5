-- The table in which `yibaod migrate` keeps what it has applied; run at the start of every migrate.
-- SPDX-License-Identifier: Apache-2.0
CREATE TABLE IF NOT EXISTS schema_migration (
    version integer PRIMARY KEY CHECK (version > 0),
    name text NOT NULL,
    checksum bytea NOT NULL CHECK (octet_length(checksum) = 32),
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE schema_migration IS 'Migrations applied to this database; a file that was applied must never change';
COMMENT ON COLUMN schema_migration.version IS 'Number in front of the file''s name';
COMMENT ON COLUMN schema_migration.name IS 'Name of the file in db/migrations';
COMMENT ON COLUMN schema_migration.checksum IS 'SHA-256 of the file when it was applied, 32 bytes';
COMMENT ON COLUMN schema_migration.applied_at IS 'Instant of applying, real time';
