-- What speaks against a step of a family member; null when nothing does.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: parts of who asks; asked_usages: what the money is to pay for from now on, null: all that the region
-- allows.
-- Locks none; the caller has locked the account, and for `accept` the member's record. Outcomes, by precedence:
--   forbidden                it is not for the parts of who asks
--   not_possible_now         not in this state
--   proposer_cannot_decide   staff accept what the same person has entered for the owner
--   too_early_to_end         the region wants it to last longer
--   usage_not_allowed        the region does not open it to that
--   of accept                what family_invite_judge finds, but for the names: time has passed since the invitation
CREATE OR REPLACE FUNCTION family_step_fault(
    asked family_member, asked_event text, parts text[], is_staff boolean, principal_id uuid, asked_usages text[],
    asked_day date)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    rule family_rule;
BEGIN
    SELECT * INTO rule FROM family_rule_at(asked.pool_code, asked_day);
    IF NOT EXISTS (SELECT FROM state_step AS step
                    WHERE step.machine = 'family_member' AND step.event = asked_event AND step.who && parts) THEN
        RETURN 'forbidden';
    ELSIF state_next('family_member', asked.state, asked_event) IS NULL THEN
        RETURN 'not_possible_now';
    ELSIF asked_event = 'end' AND asked_day < asked.ends_not_before THEN
        RETURN 'too_early_to_end';
    ELSIF asked_event = 'change' AND NOT asked_usages <@ rule.usages THEN
        RETURN 'usage_not_allowed';
    ELSIF asked_event <> 'accept' THEN
        RETURN NULL;
    ELSIF is_staff AND EXISTS (SELECT FROM state_change AS first
                                WHERE first.person_key = asked.person_key AND first.object_id = asked.family_member_id
                                  AND first.event = 'invite' AND first.actor_id = principal_id) THEN
        RETURN 'proposer_cannot_decide';
    END IF;
    RETURN coalesce(
        family_account_fault(asked.person_key, asked.account_id, asked_day),
        CASE WHEN asked.relation <> ALL (rule.relations) THEN 'relation_not_allowed'
             WHEN NOT asked.usages <@ rule.usages THEN 'usage_not_allowed' END,
        (SELECT CASE WHEN way IN ('member_not_enrolled', 'member_out_of_reach') THEN way
                     WHEN way = 'wallet' AND asked.way = 'direct' THEN 'member_out_of_reach' END
           FROM family_way(asked.pool_code, rule.reach, rule.is_wallet_allowed, asked.member_person_key, asked_day)
                AS way),
        family_group_fault(rule, asked.person_key, asked.account_id, asked.member_person_key, asked.family_member_id,
                           asked_day));
END
$$;
COMMENT ON FUNCTION family_step_fault(family_member, text, text[], boolean, uuid, text[], date) IS
    'What speaks against a step of a family member; null when nothing does';
