-- What staff keep over HTTP: who keeps a person's record, and which pools and channels no longer come from files.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE person ADD COLUMN pool_code text CHECK (pool_code ~ '^[0-9]{6}$');
COMMENT ON COLUMN person.pool_code IS 'Pool of the agency that made the record by hand; null when it was imported. Makes the person visible there before any enrolment does';

ALTER TABLE pool
    ADD COLUMN maintained_by text NOT NULL DEFAULT 'file' CHECK (maintained_by IN ('file', 'staff'));
COMMENT ON COLUMN pool.maintained_by IS 'file: migrate keeps the row as db/data/pools.csv has it; staff: changed over HTTP, migrate leaves it alone';
GRANT UPDATE (name, policy_parent_code, connected, account_year_starts_month, source, maintained_by)
    ON pool TO yibao_app;

ALTER TABLE channel
    ADD COLUMN maintained_by text NOT NULL DEFAULT 'file' CHECK (maintained_by IN ('file', 'staff')),
    ADD COLUMN removed_at timestamptz CHECK (removed_at IS NULL OR maintained_by = 'staff');
COMMENT ON COLUMN channel.maintained_by IS 'file: migrate keeps the row as db/data/channels.csv has it; staff: changed over HTTP, migrate leaves it alone';
COMMENT ON COLUMN channel.removed_at IS 'Instant at which staff took it away, real time: it is shown to nobody, and kept so that no file brings it back; null while it is offered';
GRANT INSERT, UPDATE (name, can_do, hotline, url, address, opening_hours, what_to_bring, steps, source, maintained_by,
                      removed_at)
    ON channel TO yibao_app;

COMMENT ON COLUMN employer.first_seen_at IS 'Instant of the import or entry by staff that brought it';
CREATE INDEX employer_name ON employer (name COLLATE "C", employer_code) WHERE name IS NOT NULL;
COMMENT ON INDEX employer_name IS 'Employers whose name begins with something, in the order of their names';

-- migrate:down
DROP INDEX employer_name;
REVOKE INSERT, UPDATE ON channel FROM yibao_app;
ALTER TABLE channel DROP COLUMN removed_at, DROP COLUMN maintained_by;
REVOKE UPDATE ON pool FROM yibao_app;
ALTER TABLE pool DROP COLUMN maintained_by;
ALTER TABLE person DROP COLUMN pool_code;
