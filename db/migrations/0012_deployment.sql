-- What a database is for, so that neither production opens the demo nor a demo is loaded into production.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE deployment (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    kind text NOT NULL CHECK (kind IN ('demo', 'production')),
    marked_at timestamptz NOT NULL
);
COMMENT ON TABLE deployment IS 'What this database is for; at most one row, written once. Processes whose mode does not fit refuse to open it';
COMMENT ON COLUMN deployment.only_row IS 'Always true: there is no second row';
COMMENT ON COLUMN deployment.kind IS 'demo: holds people that do not exist and tokens that anybody may have; production: was migrated in production mode';
COMMENT ON COLUMN deployment.marked_at IS 'Instant of the mark, real time';
GRANT SELECT ON deployment TO yibao_app;

-- migrate:down
DROP TABLE deployment;
