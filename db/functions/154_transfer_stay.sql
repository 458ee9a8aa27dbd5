-- Effect `stay` of transfers that come to nothing before anything has moved: the old enrolments are what they were.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each transfer; those whose status is not `good` are left alone.
-- Locks: the enrolments' rows, in the order of transfers; the caller has locked persons or transfers. An enrolment that
-- is not closing any more was changed by somebody else and stays as it is; one that was active while another employee
-- enrolment has become active (the person works elsewhere by now) is suspended, since only one is active. An import
-- that makes one active locks no person: where it commits just now, the index says so instead of the look.
CREATE OR REPLACE FUNCTION transfer_stay(transfer_ids uuid[], person_keys bigint[], statuses text[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT old.person_key, old.enrolment_id,
               CASE WHEN old.scheme = 'employee' AND transfer.from_enrolment_status = 'active'
                         AND EXISTS (SELECT FROM enrolment AS other
                                      WHERE other.person_key = old.person_key AND other.scheme = 'employee'
                                        AND other.status = 'active')
                    THEN 'suspended' ELSE transfer.from_enrolment_status END AS status
          FROM unnest(transfer_ids, person_keys, statuses) AS asked (transfer_id, person_key, status)
          JOIN transfer ON transfer.person_key = asked.person_key AND transfer.transfer_id = asked.transfer_id
          JOIN enrolment AS old ON old.person_key = transfer.person_key
                               AND old.enrolment_id = transfer.from_enrolment_id
         WHERE asked.status = 'good' AND old.status = 'closing'
         ORDER BY asked.transfer_id
    LOOP
        BEGIN
            UPDATE enrolment AS old SET status = one.status
             WHERE old.person_key = one.person_key AND old.enrolment_id = one.enrolment_id AND old.status = 'closing';
        EXCEPTION WHEN unique_violation THEN
            UPDATE enrolment AS old SET status = 'suspended'
             WHERE old.person_key = one.person_key AND old.enrolment_id = one.enrolment_id AND old.status = 'closing';
        END;
    END LOOP;
END
$$;
COMMENT ON FUNCTION transfer_stay(uuid[], bigint[], text[]) IS
    'Effect of transfers that come to nothing before anything has moved: the old enrolments are what they were';
