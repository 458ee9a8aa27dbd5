-- A charge tells its account and business day also when it is asked again: its function returns two columns more.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
DROP FUNCTION IF EXISTS charge_create(uuid[], uuid[], bigint[], uuid[], text[], text[], text[], bigint[], timestamptz[],
    date[], timestamptz[], text[], bytea[], uuid[], uuid[], uuid[], text[], timestamptz[], text[], boolean[]);

-- migrate:down
DROP FUNCTION IF EXISTS charge_create(uuid[], uuid[], bigint[], uuid[], text[], text[], text[], bigint[], timestamptz[],
    date[], timestamptz[], text[], bytea[], uuid[], uuid[], uuid[], text[], timestamptz[], text[], boolean[]);
