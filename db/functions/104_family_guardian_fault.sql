-- What is wrong with a guardian who is named for a member, or not named; null when nothing is.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: is_given: one was named; guardian_key: whom the number finds; is_named: the name is theirs. Locks none.
-- Outcomes: guardian_needed, guardian_not_accepted. Whoever shares the account may be the guardian.
CREATE OR REPLACE FUNCTION family_guardian_fault(
    member_key bigint, is_given boolean, guardian_key bigint, is_named boolean, asked_day date)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    is_minor boolean := family_is_minor((SELECT birth_date FROM person WHERE person_key = member_key), asked_day);
BEGIN
    RETURN CASE
        WHEN is_minor AND NOT is_given THEN 'guardian_needed'
        WHEN NOT is_given THEN NULL
        WHEN NOT is_minor OR guardian_key IS NULL OR NOT is_named OR guardian_key = member_key
             OR EXISTS (SELECT FROM person WHERE person_key = guardian_key
                           AND (deceased_on IS NOT NULL OR family_is_minor(birth_date, asked_day)))
             THEN 'guardian_not_accepted' END;
END
$$;
COMMENT ON FUNCTION family_guardian_fault(bigint, boolean, bigint, boolean, date) IS
    'What is wrong with a guardian who is named for a member, or not named; null when nothing is';
