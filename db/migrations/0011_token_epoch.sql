-- Lets every process notice within a second that some token has changed, without asking for each token anew.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE token_epoch (
    bucket smallint PRIMARY KEY CHECK (bucket BETWEEN 0 AND 255),
    version bigint NOT NULL DEFAULT 0 CHECK (version >= 0)
) WITH (fillfactor = 50);
INSERT INTO token_epoch (bucket) SELECT generate_series(0, 255);
COMMENT ON TABLE token_epoch IS 'How often tokens of each bucket were revoked or changed; processes that cache tokens compare it a few times a second (docs/adr/0002)';
COMMENT ON COLUMN token_epoch.bucket IS 'First byte of token_hash';
COMMENT ON COLUMN token_epoch.version IS 'Raised by one in every transaction that revokes or changes a token of the bucket';
GRANT SELECT, UPDATE (version) ON token_epoch TO yibao_app;

-- migrate:down
DROP TABLE token_epoch;
