-- Drops functions that no program calls any more, since others took their places.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
DROP FUNCTION IF EXISTS token_create(bytea[], uuid[], text[], uuid[], bigint[], text[], text[], text[], timestamptz[],
    uuid[], timestamptz[], uuid[], text[], text[]);
DROP FUNCTION IF EXISTS client_create(uuid[], text[], text[], text[], text[], uuid[], timestamptz[], uuid[], text[]);
DROP FUNCTION IF EXISTS client_update(uuid[], text[], text[], text[], text[], uuid[], timestamptz[], uuid[], text[]);
DROP FUNCTION IF EXISTS charge_detail(text, uuid);

-- migrate:down
-- The release before makes them anew when it migrates.
