-- What has to hold for money of an account to be withdrawn for a reason, and whether it does.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: reason of withdrawal.reason; is_staff: the agency applies, not the person. Locks none.
-- Outcomes: a row for each condition of that reason, in the order in which they are shown. What holds for every reason
-- (status, balance, what is under way) is withdrawal_refusal's.
--   applied_for_at_agency    staff apply
--   person_has_died          the day of death is on record
--   person_is_alive          it is not
--   is_no_citizen            the person's certificate is no citizen identity card
--   employment_is_over       no employee enrolment is in force, none is on its way, and no transfer to one runs, whose
--                            old enrolment has ended and whose new one has not begun
--   is_retired_here          an employee enrolment in the account's pool is in force, and its retirement took effect
--   pool_allows_it           the pool lets who moves to the resident scheme withdraw (transfer_rule)
--   is_insured_as_resident   a resident enrolment is in force
CREATE OR REPLACE FUNCTION withdrawal_conditions(asked account, reason text, is_staff boolean, day date)
RETURNS TABLE (place integer, code text, is_met boolean)
    LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
    holder person := (SELECT person FROM person WHERE person.person_key = asked.person_key);
    is_over boolean := NOT EXISTS (SELECT FROM enrolment
                                    WHERE enrolment.person_key = asked.person_key AND enrolment.scheme = 'employee'
                                      AND enrolment.status IN ('active', 'closing', 'pending_in'))
                       AND NOT EXISTS (SELECT FROM transfer
                                        WHERE transfer.person_key = asked.person_key AND transfer.ended_at IS NULL
                                          AND transfer.to_scheme = 'employee');
BEGIN
    RETURN QUERY
    SELECT one.place, one.code, one.is_met
      FROM (VALUES
           (1, 'applied_for_at_agency', '{death,destination_not_connected}'::text[], is_staff),
           (2, 'person_has_died', '{death}', holder.deceased_on IS NOT NULL),
           (3, 'person_is_alive',
            '{emigration,foreigner_leaving,destination_not_connected,resettled_retiree,resident_scheme}',
            holder.deceased_on IS NULL),
           (4, 'is_no_citizen', '{foreigner_leaving}', holder.certificate_kind <> 'citizen_number'),
           (5, 'employment_is_over', '{emigration,foreigner_leaving,resident_scheme}', is_over),
           (6, 'is_retired_here', '{resettled_retiree}',
            EXISTS (SELECT FROM enrolment
                     WHERE enrolment.person_key = asked.person_key AND enrolment.pool_code = asked.pool_code
                       AND enrolment.scheme = 'employee' AND enrolment.status = 'active'
                       AND enrolment.retired_on <= day)),
           (7, 'pool_allows_it', '{resident_scheme}',
            coalesce((SELECT rule.withdraws_on_resident FROM transfer_rule_at(asked.pool_code, day) AS rule), false)),
           (8, 'is_insured_as_resident', '{resident_scheme}',
            EXISTS (SELECT FROM enrolment
                     WHERE enrolment.person_key = asked.person_key AND enrolment.scheme = 'resident'
                       AND enrolment.status = 'active')))
           AS one (place, code, reasons, is_met)
     WHERE withdrawal_conditions.reason = ANY (one.reasons)
     ORDER BY one.place;
END
$$;
COMMENT ON FUNCTION withdrawal_conditions(account, text, boolean, date) IS
    'What has to hold for money of an account to be withdrawn for a reason, and whether it does';
