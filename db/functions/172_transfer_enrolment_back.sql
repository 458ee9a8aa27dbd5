-- Lets the old enrolment of one transfer go on as it was, with no day of ending.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: its row; the caller has locked the person or the transfer. It is suspended where another employee enrolment is
-- active by now, since only one is. What somebody else has ended or changed meanwhile stays as it is.
CREATE OR REPLACE FUNCTION transfer_enrolment_back(asked transfer) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    UPDATE enrolment
       SET ended_on = NULL,
           status = CASE WHEN enrolment.scheme = 'employee'
                              AND EXISTS (SELECT FROM enrolment AS other
                                           WHERE other.person_key = asked.person_key AND other.scheme = 'employee'
                                             AND other.status = 'active'
                                             AND other.enrolment_id <> asked.from_enrolment_id)
                         THEN 'suspended' ELSE asked.from_enrolment_status END
     WHERE enrolment.person_key = asked.person_key AND enrolment.enrolment_id = asked.from_enrolment_id
       AND (enrolment.status = 'closing' OR (enrolment.status = 'ended' AND asked.moves_on IS NOT NULL));
END
$$;
COMMENT ON FUNCTION transfer_enrolment_back(transfer) IS
    'Lets the old enrolment of one transfer go on as it was, with no day of ending';
