-- A family member as either side and staff are shown it.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: asker_key and visible as family_parts has them; outcome: what family_member_now kept with an earlier
-- answer, null for as it is now. Volatile, so that it sees what the statement that asks has just written.
-- Locks none. Outcomes: one row, or none where there is no such family member, or whoever asks is a stranger to it.
-- account_id: only for whose it is. possible: events that whoever asks could bring about now.
CREATE OR REPLACE FUNCTION family_member_view(
    owner_key bigint, asked_id uuid, asker_key bigint, visible text, asked_day date, outcome jsonb)
RETURNS TABLE (
    family_member_id uuid, account_id uuid, pool_code text, parts text, relation text, way text, state text,
    usages text, charge_limit_fen bigint, month_limit_fen bigint, year_limit_fen bigint, invited_at timestamptz,
    invited_until date, activated_at timestamptz, ended_at timestamptz, ends_not_before date, changed_at timestamptz,
    possible text, owner_id uuid, owner_name_sealed bytea, member_id uuid, member_name_sealed bytea, guardian_id uuid,
    guardian_name_sealed bytea)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT shown.family_member_id, CASE WHEN 'owner' = ANY (parts.list) THEN shown.account_id END, shown.pool_code,
           array_to_string(parts.list, ','), shown.relation, shown.way, now.what ->> 'state', now.what ->> 'usages',
           (now.what ->> 'charge_limit_fen')::bigint, (now.what ->> 'month_limit_fen')::bigint,
           (now.what ->> 'year_limit_fen')::bigint, shown.invited_at, shown.invited_until,
           (now.what ->> 'activated_at')::timestamptz, (now.what ->> 'ended_at')::timestamptz,
           (now.what ->> 'ends_not_before')::date, (now.what ->> 'changed_at')::timestamptz,
           (SELECT coalesce(string_agg(step.event, ',' ORDER BY step.event), '') FROM state_step AS step
             WHERE step.machine = 'family_member' AND step.state = now.what ->> 'state' AND step.who && parts.list),
           shown.owner_id, owner.name_sealed, shown.member_id, member.name_sealed, shown.guardian_id,
           guardian.name_sealed
      FROM family_member AS shown
     CROSS JOIN LATERAL family_parts(asker_key, visible, shown, asked_day) AS parts (list)
     CROSS JOIN LATERAL (SELECT coalesce(outcome, family_member_now(shown))) AS now (what)
      JOIN person AS owner ON owner.person_key = shown.person_key
      JOIN person AS member ON member.person_key = shown.member_person_key
      LEFT JOIN person AS guardian ON guardian.person_key = shown.guardian_person_key
     WHERE shown.person_key = owner_key AND shown.family_member_id = asked_id AND parts.list <> '{}';
END
$$;
COMMENT ON FUNCTION family_member_view(bigint, uuid, bigint, text, date, jsonb) IS
    'A family member as either side and staff are shown it; no row for a stranger';
