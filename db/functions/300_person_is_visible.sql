-- Whether a person has anything in pools whose code is LIKE one of the comma-separated patterns.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. One place says it, so that every list of a person is absent for the same readers. A reader who sees
-- every pool should not ask: the caller tests that first, which saves the call. The agency that keeps the record by
-- hand sees the person before any enrolment is there.
CREATE OR REPLACE FUNCTION person_is_visible(asked_person_key bigint, visible text)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
SELECT EXISTS (SELECT FROM enrolment
                WHERE enrolment.person_key = asked_person_key
                  AND enrolment.pool_code LIKE ANY (string_to_array(visible, ',')))
    OR EXISTS (SELECT FROM account
                WHERE account.person_key = asked_person_key
                  AND account.pool_code LIKE ANY (string_to_array(visible, ',')))
    OR EXISTS (SELECT FROM person
                WHERE person.person_key = asked_person_key
                  AND person.pool_code LIKE ANY (string_to_array(visible, ',')))
    OR EXISTS (SELECT FROM contribution
                WHERE contribution.person_key = asked_person_key
                  AND contribution.pool_code LIKE ANY (string_to_array(visible, ',')))
$$;
COMMENT ON FUNCTION person_is_visible(bigint, text) IS
    'Whether a person has anything in pools whose code is LIKE one of the comma-separated patterns';
