-- What the other members speak against one more; null when nothing does.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the account with its rule; the relative; the invitation that is judged, null before there is one.
-- Locks none; whoever acts on it has locked the account and the relative's record. Outcomes, by precedence:
--   already_member          the relative has an open invitation to the account, or is a member of it
--   member_in_other_group   a member of another account, where the rule of either region wants one group only
--   family_full             as many members and open invitations as the rule allows
CREATE OR REPLACE FUNCTION family_group_fault(
    rule family_rule, owner_key bigint, asked_account_id uuid, member_key bigint, own_id uuid, asked_day date)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE
        WHEN EXISTS (SELECT FROM family_member AS other
                      WHERE other.person_key = owner_key AND other.account_id = asked_account_id
                        AND other.member_person_key = member_key AND other.state IN ('invited', 'active')
                        AND other.family_member_id IS DISTINCT FROM own_id) THEN 'already_member'
        WHEN EXISTS (SELECT FROM family_member AS other
                      WHERE other.member_person_key = member_key AND other.state = 'active'
                        AND other.account_id <> asked_account_id
                        AND (rule.is_one_group
                             OR (SELECT is_one_group FROM family_rule_at(other.pool_code, asked_day))))
             THEN 'member_in_other_group'
        WHEN (SELECT count(*) FROM family_member AS other
               WHERE other.person_key = owner_key AND other.account_id = asked_account_id
                 AND (other.state = 'active' OR (other.state = 'invited' AND other.invited_until >= asked_day))
                 AND other.family_member_id IS DISTINCT FROM own_id) >= rule.members_max THEN 'family_full' END;
END
$$;
COMMENT ON FUNCTION family_group_fault(family_rule, bigint, uuid, bigint, uuid, date) IS
    'What the other members of an account, or other accounts of a relative, speak against sharing it; null when '
    'nothing does';
