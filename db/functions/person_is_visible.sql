-- Whether a person has anything in pools that match one of the patterns (comma-separated, of LIKE); NULL: all pools.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. One place says it, so that every list of a person is absent for the same readers.
CREATE OR REPLACE FUNCTION person_is_visible(asked_person_key bigint, visible text)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
SELECT visible IS NULL
    OR EXISTS (SELECT FROM enrolment
                WHERE enrolment.person_key = asked_person_key
                  AND enrolment.pool_code LIKE ANY (string_to_array(visible, ',')))
    OR EXISTS (SELECT FROM account
                WHERE account.person_key = asked_person_key
                  AND account.pool_code LIKE ANY (string_to_array(visible, ',')))
    OR EXISTS (SELECT FROM contribution
                WHERE contribution.person_key = asked_person_key
                  AND contribution.pool_code LIKE ANY (string_to_array(visible, ',')))
$$;
COMMENT ON FUNCTION person_is_visible(bigint, text) IS
    'Whether a person has anything in pools that match one of the comma-separated LIKE patterns; NULL patterns: always';
