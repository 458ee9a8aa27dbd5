-- Why an account is not shared with a relative any more, though nobody has ended it; null while it is.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. Outcomes: owner_died, member_died (or a record that was merged into another), account_not_in_use,
-- enrolment_ended. What may pass, such as an account that is suspended or frozen, ends nothing.
CREATE OR REPLACE FUNCTION family_ending_reason(asked family_member)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE
        WHEN EXISTS (SELECT FROM person WHERE person_key = asked.person_key AND deceased_on IS NOT NULL)
             OR EXISTS (SELECT FROM person_alias WHERE person_key = asked.person_key) THEN 'owner_died'
        WHEN EXISTS (SELECT FROM person WHERE person_key = asked.member_person_key AND deceased_on IS NOT NULL)
             OR EXISTS (SELECT FROM person_alias WHERE person_key = asked.member_person_key) THEN 'member_died'
        WHEN (SELECT status FROM account WHERE account.person_key = asked.person_key
                 AND account.account_id = asked.account_id) IN ('closed', 'deceased', 'spend_only')
             THEN 'account_not_in_use'
        WHEN NOT EXISTS (SELECT FROM enrolment
                          WHERE enrolment.person_key = asked.person_key AND enrolment.pool_code = asked.pool_code
                            AND enrolment.scheme = 'employee' AND enrolment.status <> 'ended') THEN 'enrolment_ended'
        END;
END
$$;
COMMENT ON FUNCTION family_ending_reason(family_member) IS
    'Why an account is not shared with a relative any more, though nobody has ended it; null while it is';
