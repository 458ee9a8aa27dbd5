-- One source guesses at few people: wrong passwords and PINs for all numbers count together.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
INSERT INTO attempt_limit (kind, scope, window_s, at_most) VALUES
    ('password', 'source', 3600, 100), ('password', 'source', 86400, 500), ('pin', 'source', 86400, 30)
    ON CONFLICT DO NOTHING;
COMMENT ON COLUMN attempt_limit.scope IS 'pair: for one number (or person) from one source. strangers: for one number from all sources that never succeeded for its person; closes only those. source: from one source (but a client: callers whose phone is not told) for all numbers for whose people it never succeeded; closes only those';

-- migrate:down
DELETE FROM attempt_limit WHERE scope = 'source' AND kind IN ('password', 'pin');
COMMENT ON COLUMN attempt_limit.scope IS 'pair: for one number (or person) from one source. strangers: for one number from all sources that never succeeded for its person; closes only those. source: from one source for all numbers for whose people it never succeeded; closes only those';
