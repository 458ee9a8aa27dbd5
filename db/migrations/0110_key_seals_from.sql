-- From when on a new key seals: until then every process has it.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE data_key ADD COLUMN seals_from timestamptz;
COMMENT ON COLUMN data_key.seals_from IS 'Instant from which it seals or signs, real time; null: from its creation on';
COMMENT ON COLUMN data_key.version IS 'Version within its purpose; the newest not retired one whose time has come seals';

-- migrate:down
ALTER TABLE data_key DROP COLUMN seals_from;
