-- Takes a step of a family member that was judged; what of it changes with time is what is answered.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: limits and usages for `change`, null: none, or all that the region allows. Locks: that of the row; the
-- caller has locked the account. activated_at is that of the step in the timeline, and so is ended_at.
CREATE OR REPLACE FUNCTION family_member_move(
    asked family_member, asked_event text, charge_limit bigint, month_limit bigint, year_limit bigint,
    asked_usages text[], instant timestamptz)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    next text := state_next('family_member', asked.state, asked_event);
    at timestamptz := greatest(asked.changed_at, instant);
    day date := (instant AT TIME ZONE 'Asia/Shanghai')::date;
    rule family_rule;
    is_change boolean := asked_event = 'change';
BEGIN
    SELECT * INTO rule FROM family_rule_at(asked.pool_code, day);
    UPDATE family_member AS f
       SET state = next, changed_at = at,
           activated_at = CASE asked_event WHEN 'accept' THEN at ELSE f.activated_at END,
           ends_not_before = CASE asked_event WHEN 'accept' THEN day + rule.least_days ELSE f.ends_not_before END,
           ended_at = CASE WHEN next NOT IN ('invited', 'active') THEN at END,
           charge_limit_fen = CASE WHEN is_change THEN charge_limit ELSE f.charge_limit_fen END,
           month_limit_fen = CASE WHEN is_change THEN month_limit ELSE f.month_limit_fen END,
           year_limit_fen = CASE WHEN is_change THEN year_limit ELSE f.year_limit_fen END,
           usages = CASE WHEN is_change THEN coalesce(asked_usages, rule.usages) ELSE f.usages END
     WHERE f.person_key = asked.person_key AND f.family_member_id = asked.family_member_id
    RETURNING f.* INTO asked;
    RETURN family_member_now(asked);
END
$$;
COMMENT ON FUNCTION family_member_move(family_member, text, bigint, bigint, bigint, text[], timestamptz) IS
    'Takes a step of a family member that was judged; what of it changes with time is what is answered';
