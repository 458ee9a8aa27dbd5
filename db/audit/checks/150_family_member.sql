-- Who shares what with whom: each family member is of its owner's account, its instants are those of its steps.
-- SPDX-License-Identifier: Apache-2.0
-- The steps themselves are looked at with those of everything else that has states.
WITH member AS (
    SELECT * FROM family_member WHERE person_key BETWEEN $1::bigint AND $2::bigint
), step AS (
    SELECT person_key, object_id, min(at) FILTER (WHERE event = 'invite') AS invited_at,
           max(at) FILTER (WHERE event = 'accept') AS activated_at,
           max(at) FILTER (WHERE to_state NOT IN ('invited', 'active')) AS ended_at, max(at) AS changed_at,
           bool_or(event = 'end') AS is_ended_by_somebody
    FROM state_change
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND machine = 'family_member'
    GROUP BY person_key, object_id
)
SELECT 'family_member', member.family_member_id::text, fault.column_name, fault.expected, fault.found
FROM member
LEFT JOIN account ON account.person_key = member.person_key AND account.account_id = member.account_id
LEFT JOIN person AS relative ON relative.person_key = member.member_person_key
LEFT JOIN person AS guardian ON guardian.person_key = member.guardian_person_key
LEFT JOIN step ON step.person_key = member.person_key AND step.object_id = member.family_member_id
CROSS JOIN LATERAL (
    SELECT 'family_member_id', 'an id with the key of the owner, ' || member.person_key, member.family_member_id::text
    WHERE ('x' || right(replace(member.family_member_id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903
          <> member.person_key
    UNION ALL
    SELECT 'account_id', 'an account of the owner', member.account_id::text WHERE account.account_id IS NULL
    UNION ALL
    SELECT 'pool_code', account.pool_code, member.pool_code WHERE account.pool_code <> member.pool_code
    UNION ALL
    SELECT 'owner_id', account.person_id::text, member.owner_id::text WHERE account.person_id <> member.owner_id
    UNION ALL
    SELECT 'member_person_key', 'somebody on record', member.member_person_key::text WHERE relative.person_key IS NULL
    UNION ALL
    SELECT 'member_id', relative.person_id::text, member.member_id::text WHERE relative.person_id <> member.member_id
    UNION ALL
    SELECT 'guardian_person_key', 'somebody on record who is not the member', member.guardian_person_key::text
    WHERE member.guardian_person_key IS NOT NULL
      AND (guardian.person_key IS NULL OR guardian.person_key = member.member_person_key)
    UNION ALL
    SELECT 'guardian_id', guardian.person_id::text, member.guardian_id::text
    WHERE guardian.person_id <> member.guardian_id
    UNION ALL
    SELECT 'invited_at', step.invited_at::text, member.invited_at::text WHERE step.invited_at <> member.invited_at
    UNION ALL
    SELECT 'activated_at', coalesce(step.activated_at::text, 'null'), coalesce(member.activated_at::text, 'null')
    WHERE step.object_id IS NOT NULL AND step.activated_at IS DISTINCT FROM member.activated_at
    UNION ALL
    SELECT 'ended_at', coalesce(step.ended_at::text, 'null'), coalesce(member.ended_at::text, 'null')
    WHERE step.object_id IS NOT NULL AND step.ended_at IS DISTINCT FROM member.ended_at
    UNION ALL
    SELECT 'changed_at', step.changed_at::text, member.changed_at::text WHERE step.changed_at <> member.changed_at
    UNION ALL
    SELECT 'ends_not_before', 'no later than the end, ' || member.ended_at, member.ends_not_before::text
    WHERE step.is_ended_by_somebody
      AND member.ends_not_before > (member.ended_at AT TIME ZONE 'Asia/Shanghai')::date
) AS fault (column_name, expected, found)
