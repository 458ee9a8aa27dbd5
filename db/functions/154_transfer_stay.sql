-- Effect `stay` of transfers that come to nothing before anything has moved: the old enrolments are what they were.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each transfer; those whose status is not `good` are left alone.
-- Locks: the enrolments' rows; the caller has locked persons or transfers. An enrolment that is not closing any
-- more was changed by somebody else and stays as it is; one that was active while another employee enrolment has
-- become active (the person works elsewhere by now) is suspended, since only one is active.
CREATE OR REPLACE FUNCTION transfer_stay(transfer_ids uuid[], person_keys bigint[], statuses text[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    UPDATE enrolment AS old
       SET status = CASE WHEN old.scheme = 'employee' AND transfer.from_enrolment_status = 'active'
                              AND EXISTS (SELECT FROM enrolment AS other
                                           WHERE other.person_key = old.person_key AND other.scheme = 'employee'
                                             AND other.status = 'active')
                         THEN 'suspended' ELSE transfer.from_enrolment_status END
      FROM unnest(transfer_ids, person_keys, statuses) AS asked (transfer_id, person_key, status)
      JOIN transfer ON transfer.person_key = asked.person_key AND transfer.transfer_id = asked.transfer_id
     WHERE asked.status = 'good' AND old.person_key = transfer.person_key
       AND old.enrolment_id = transfer.from_enrolment_id AND old.status = 'closing';
END
$$;
COMMENT ON FUNCTION transfer_stay(uuid[], bigint[], text[]) IS
    'Effect of transfers that come to nothing before anything has moved: the old enrolments are what they were';
