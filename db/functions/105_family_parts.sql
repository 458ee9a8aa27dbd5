-- Which parts somebody plays towards a family member: what state_step calls them.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: asker_key: the citizen who asks, null for staff; visible: LIKE patterns of a staff member's regions, null
-- for every pool. Locks none. Outcomes: some of owner, member, guardian, and of a citizen under age minor, who sees and
-- decides nothing; empty: a stranger. A guardian has a say while the member is under age. Staff stand for the owner
-- where they cover the account's pool, and for the member, or the guardian of a minor, where they cover the member.
CREATE OR REPLACE FUNCTION family_parts(asker_key bigint, visible text, asked family_member, asked_day date)
RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    is_minor boolean;
BEGIN
    is_minor := family_is_minor(
        (SELECT person.birth_date FROM person WHERE person.person_key = asked.member_person_key), asked_day);
    IF asker_key IS NULL THEN
        RETURN array_remove(ARRAY[
            CASE WHEN visible IS NULL OR asked.pool_code LIKE ANY (string_to_array(visible, ',')) THEN 'owner' END,
            CASE WHEN visible IS NULL OR person_is_visible(asked.member_person_key, visible)
                 THEN CASE WHEN is_minor THEN 'guardian' ELSE 'member' END END], NULL);
    END IF;
    RETURN array_remove(ARRAY[
        CASE WHEN asker_key = asked.person_key THEN 'owner' END,
        CASE WHEN asker_key = asked.member_person_key THEN CASE WHEN is_minor THEN 'minor' ELSE 'member' END END,
        CASE WHEN asker_key = asked.guardian_person_key AND is_minor THEN 'guardian' END], NULL);
END
$$;
COMMENT ON FUNCTION family_parts(bigint, text, family_member, date) IS
    'Which parts somebody plays towards a family member: owner, member, guardian, minor; none: a stranger';
