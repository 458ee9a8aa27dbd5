-- Whether an account may be shared with a relative, and how.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: usages null: all that the rule allows; member_key, is_named, guardian_key, is_guardian_named as
-- family_look_up gives them; is_guardian_given: one was named. Locks none; the caller has locked the account and the
-- relative's record.
-- Outcomes: way direct or wallet; or a fault, by precedence: those of family_account_fault, relation_not_allowed,
-- usage_not_allowed, oneself, member_name_mismatch (also when nobody has the number), member_not_enrolled (dead,
-- or without enrolment), already_member, member_out_of_reach, member_in_other_group, family_full, guardian_needed,
-- guardian_not_accepted. Before the name was right nothing is said of anybody, not that there is somebody.
CREATE OR REPLACE FUNCTION family_invite_judge(
    owner_key bigint, asked_account_id uuid, asked_relation text, asked_usages text[], member_key bigint,
    is_named boolean, is_guardian_given boolean, guardian_key bigint, is_guardian_named boolean, asked_day date)
RETURNS TABLE (way text, fault text)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
    pool text := (SELECT account.pool_code FROM account
                   WHERE account.person_key = owner_key AND account.account_id = asked_account_id);
    held family_rule;
    reached text;
    group_fault text;
BEGIN
    SELECT * INTO held FROM family_rule_at(pool, asked_day);
    reached := family_way(pool, held.reach, held.is_wallet_allowed, member_key, asked_day);
    group_fault := family_group_fault(held, owner_key, asked_account_id, member_key, NULL, asked_day);
    fault := coalesce(
        family_account_fault(owner_key, asked_account_id, asked_day),
        CASE WHEN held.region_code IS NULL THEN 'scheme_cannot_share'
             WHEN asked_relation <> ALL (held.relations) THEN 'relation_not_allowed'
             WHEN NOT asked_usages <@ held.usages THEN 'usage_not_allowed'
             WHEN member_key IS NULL THEN 'member_name_mismatch'
             WHEN member_key = owner_key THEN 'oneself'
             WHEN NOT is_named THEN 'member_name_mismatch'
             WHEN reached = 'member_not_enrolled' THEN reached
             WHEN group_fault = 'already_member' THEN group_fault
             WHEN reached = 'member_out_of_reach' THEN reached END,
        group_fault,
        family_guardian_fault(member_key, is_guardian_given, guardian_key, is_guardian_named, asked_day));
    way := reached;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION family_invite_judge(bigint, uuid, text, text[], bigint, boolean, boolean, bigint, boolean, date) IS
    'Whether an account may be shared with a relative, and how: a way, or a fault';
