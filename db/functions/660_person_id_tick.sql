-- A tick of the clock, to make ids from: take one for a statement and number its rows from there.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: 60 bits of milliseconds and their 4096ths. Real time, since an id decides nothing; it moves
-- while a statement runs, so ask once.
CREATE OR REPLACE FUNCTION person_id_tick() RETURNS bigint
    LANGUAGE sql VOLATILE
RETURN floor(extract(epoch FROM clock_timestamp()) * 4096000)::bigint;
