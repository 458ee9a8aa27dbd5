-- The id of a person's row that was made at a tick (person_id_tick).
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: a UUID of version 7, as uuid_make in server/uuid.c: time in front, the person's key behind.
-- The parentheses are needed: in SQL shifts, `|` and `&` have one precedence, from left to right.
CREATE OR REPLACE FUNCTION person_id_at(person_key bigint, tick bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT import_id(((tick >> 12) << 16) | (7 << 12) | (tick & 4095), person_key)
$$;
