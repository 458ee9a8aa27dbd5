-- The enrolment at the new pool that a transfer goes to: the one it names, else one that the person has there.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none; whoever acts on it has locked the person. No row: it is to be opened. What has ended meanwhile is none.
CREATE OR REPLACE FUNCTION transfer_new_enrolment(asked transfer) RETURNS SETOF enrolment
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT enrolment.*
      FROM enrolment
     WHERE enrolment.person_key = asked.person_key AND enrolment.pool_code = asked.to_pool_code
       AND enrolment.scheme = asked.to_scheme AND enrolment.status IN ('pending_in', 'active', 'suspended')
       AND enrolment.enrolment_id <> asked.from_enrolment_id
     ORDER BY enrolment.enrolment_id IS DISTINCT FROM asked.to_enrolment_id, enrolment.status <> 'active',
              enrolment.started_on DESC
     LIMIT 1;
END
$$;
COMMENT ON FUNCTION transfer_new_enrolment(transfer) IS
    'The enrolment at the new pool that a transfer goes to; no row: it is to be opened';
