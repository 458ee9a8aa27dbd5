-- The test clock of a deployment: how far its business time is ahead of real time.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE test_clock (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    advance_us bigint NOT NULL CHECK (advance_us BETWEEN 0 AND 5000000000000000)
);
INSERT INTO test_clock (advance_us) VALUES (0);
COMMENT ON TABLE test_clock IS 'One row: how far POST /v1/test-clock has moved business time. Every process but those in production adds it to its clock; production does not open a database where it is not 0';
COMMENT ON COLUMN test_clock.only_row IS 'Always true: there is no second row';
COMMENT ON COLUMN test_clock.advance_us IS 'Microseconds that business time is ahead of where it would be; never falls';
GRANT SELECT, UPDATE (advance_us) ON test_clock TO yibao_app;

-- migrate:down
DROP TABLE test_clock;
