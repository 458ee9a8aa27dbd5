-- An id made before its person was known gets the person's key, as every id of a person has (server/uuid.h).
-- SPDX-License-Identifier: Apache-2.0
CREATE OR REPLACE FUNCTION id_of_person(id uuid, person_key bigint)
RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
SELECT (left(replace(id::text, '-', ''), 16) || to_hex(person_key | (-9223372036854775808)::bigint))::uuid
$$;
COMMENT ON FUNCTION id_of_person(uuid, bigint) IS
    'The id with its low 62 bits replaced by the person''s key and the variant bits of RFC 9562 kept';
