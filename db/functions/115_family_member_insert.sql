-- Stores an invitation to share an account; what of it changes with time is what is answered.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: that of the new row; the caller has locked the account and judged. asked_usages null:
-- all that the region allows.
CREATE OR REPLACE FUNCTION family_member_insert(
    asked_id uuid, owner_key bigint, asked_account_id uuid, member_key bigint, guardian_key bigint, asked_relation text,
    asked_way text, asked_usages text[], charge_limit bigint, month_limit bigint, year_limit bigint,
    instant timestamptz)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    day date := (instant AT TIME ZONE 'Asia/Shanghai')::date;
    made family_member;
BEGIN
    INSERT INTO family_member (
        person_key, member_person_key, guardian_person_key, charge_limit_fen, month_limit_fen, year_limit_fen,
        invited_at, changed_at, invited_until, family_member_id, owner_id, account_id, member_id, guardian_id,
        pool_code, relation, way, state, usages)
    SELECT owner_key, member.person_key, guardian.person_key, charge_limit, month_limit, year_limit, instant, instant,
           day + rule.invitation_days, asked_id, account.person_id,
           account.account_id, member.person_id, guardian.person_id, account.pool_code, asked_relation, asked_way,
           state_next('family_member', '', 'invite'), coalesce(asked_usages, rule.usages)
      FROM account
      JOIN person AS member ON member.person_key = member_key
      JOIN family_rule_at(account.pool_code, day) AS rule ON true
      LEFT JOIN person AS guardian ON guardian.person_key = guardian_key
     WHERE account.person_key = owner_key AND account.account_id = asked_account_id
    RETURNING * INTO made;
    RETURN family_member_now(made);
END
$$;
COMMENT ON FUNCTION family_member_insert(uuid, bigint, uuid, bigint, bigint, text, text, text[], bigint,
    bigint, bigint, timestamptz) IS
    'Stores an invitation to share an account; what of it changes with time is what is answered';
