-- Passwords, PINs and codes say which version of their key their hash was made with, so that it can change too.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
-- Constant defaults: no table is rewritten or read.
ALTER TABLE credential ADD COLUMN pepper_version smallint NOT NULL DEFAULT 1;
COMMENT ON COLUMN credential.pepper_version IS 'Version of pepper_credential that the hash was last hashed with';
COMMENT ON COLUMN credential.hash IS 'scrypt of the keyed hash of the secret by the first pepper_credential, hashed again by each newer one up to pepper_version; 32 bytes';
ALTER TABLE challenge ADD COLUMN code_version smallint NOT NULL DEFAULT 1;
COMMENT ON COLUMN challenge.code_version IS 'Version of the key of code_hash';
COMMENT ON COLUMN data_key.stage IS 'Of a key whose hashes are stored for good, or to be compared: announced (processes begin to write its hashes), written (numbers are stored with it), looked (what is given is compared by it), leaving (processes cease to write the one before), refused (nothing is stored with it any more), link (nothing is: it only leads to the next); null of other keys, and of a version that was never changed';
-- For the release before, which knows neither: it writes version 1 only, and no key is changed while it runs.
GRANT UPDATE (pepper_version) ON credential TO yibao_app;

-- migrate:down
ALTER TABLE challenge DROP COLUMN code_version;
ALTER TABLE credential DROP COLUMN pepper_version;
