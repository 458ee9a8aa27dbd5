-- The enrolment that a person would transfer to a pool and scheme; no row when there is none.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. One in force elsewhere, or of the other scheme: of the same scheme before the other one, active
-- before suspended, and then the newest.
CREATE OR REPLACE FUNCTION transfer_from(asked_person_key bigint, asked_to_pool_code text, asked_to_scheme text)
RETURNS SETOF enrolment
LANGUAGE plpgsql STABLE ROWS 1 AS $$
BEGIN
    RETURN QUERY
    SELECT enrolment.*
      FROM enrolment
     WHERE enrolment.person_key = asked_person_key AND enrolment.status IN ('active', 'suspended')
       AND (enrolment.pool_code, enrolment.scheme) <> (asked_to_pool_code, asked_to_scheme)
     ORDER BY enrolment.scheme <> asked_to_scheme, enrolment.status <> 'active', enrolment.started_on DESC,
              enrolment.enrolment_id DESC
     LIMIT 1;
END
$$;
COMMENT ON FUNCTION transfer_from(bigint, text, text) IS
    'The enrolment that a person would transfer to a pool and scheme; no row when there is none';
