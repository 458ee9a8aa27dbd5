-- The person's key in any id of a person's rows.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: the low 62 bits, as uuid_key in server/uuid.c.
CREATE OR REPLACE FUNCTION person_key_of(id uuid) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ('x' || right(replace(id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903;
