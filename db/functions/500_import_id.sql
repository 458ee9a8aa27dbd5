-- The id whose first half (time) an import made in C and whose second half is the person's key.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: a UUID of version 7 (server/uuid.h), null when either half is. A plain expression, so that the
-- planner inlines it.
CREATE OR REPLACE FUNCTION import_id(time_half bigint, person_key bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN encode(int8send(time_half) || int8send(person_key | (-9223372036854775808)::bigint), 'hex')::uuid;
