-- Keyed hashes say which version of their key they were made with, so that the key can change while everything runs.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE data_key ADD COLUMN stage text, ADD COLUMN staged_at timestamptz;
ALTER TABLE data_key ADD CONSTRAINT data_key_stage_check
    CHECK (stage IN ('announced', 'written', 'looked', 'leaving', 'refused', 'link'));
COMMENT ON COLUMN data_key.stage IS 'Of a key that numbers and names are looked up by: announced (processes begin to write its hashes), written (numbers are stored with it), looked (people are found by it), leaving (processes cease to write it), refused (nothing is stored with it any more), link (nothing is: it only leads to the next); null of other keys, and of a version that is looked up by and was never changed';
COMMENT ON COLUMN data_key.staged_at IS 'Instant at which the stage began, real time; null without one';

-- Constant defaults: no table is rewritten or read.
ALTER TABLE person_identifier ADD COLUMN key_version smallint NOT NULL DEFAULT 1;
COMMENT ON COLUMN person_identifier.key_version IS 'Version of the key of its hash. While the key changes a number has one row of each version';
ALTER TABLE person_identifier_former ADD COLUMN key_version smallint NOT NULL DEFAULT 1;
COMMENT ON COLUMN person_identifier_former.key_version IS 'Version of the key of its hash; rows as in person_identifier';
-- Without a default at first: functions use the type of the row.
ALTER TABLE person ADD COLUMN name_version smallint, ADD COLUMN phone_version smallint;
ALTER TABLE person ALTER COLUMN name_version SET DEFAULT 1, ALTER COLUMN phone_version SET DEFAULT 1;
COMMENT ON COLUMN person.name_version IS 'Version of the key of name_hash; null: the first';
COMMENT ON COLUMN person.phone_version IS 'Version of the key of phone_hash; null: the first';
ALTER TABLE consent_request ADD COLUMN number_version smallint NOT NULL DEFAULT 1,
    ADD COLUMN name_version smallint NOT NULL DEFAULT 1;
COMMENT ON COLUMN consent_request.number_version IS 'Version of the key of number_hash';
COMMENT ON COLUMN consent_request.name_version IS 'Version of the key of name_hash';

-- migrate:down
ALTER TABLE consent_request DROP COLUMN number_version, DROP COLUMN name_version;
ALTER TABLE person DROP COLUMN name_version, DROP COLUMN phone_version;
ALTER TABLE person_identifier_former DROP COLUMN key_version;
ALTER TABLE person_identifier DROP COLUMN key_version;
ALTER TABLE data_key DROP COLUMN stage, DROP COLUMN staged_at;
