-- Whom owners let look at their accounts, and what was looked at:
-- nothing without a grant that held then and covered it.
-- SPDX-License-Identifier: Apache-2.0
-- A look is recorded as its grant is found, with the instant at which the request began; so it may be a request's
-- length younger than the end.
WITH given AS (
    SELECT stored.*, ('x' || right(replace(view_grant_id::text, '-', ''), 16))::bit(64)::bigint
                     & 4611686018427387903 AS id_key,
           ('x' || right(replace(viewer_id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903 AS viewer_key,
           least(ended_at, (expires_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai') AS ends_at
    FROM view_grant AS stored
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
), step AS (
    SELECT person_key, object_id, min(at) FILTER (WHERE event = 'grant') AS granted_at,
           min(at) FILTER (WHERE event IN ('revoke', 'expire')) AS ended_at
    FROM state_change
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND machine = 'view_grant'
    GROUP BY person_key, object_id
), seen AS (
    SELECT event_id, person_key, actor_id, object_id, at, action, detail ->> 'view_grant_id' AS view_grant_id
    FROM audit_event
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND actor_kind = 'citizen'
      AND action IN ('get_account', 'get_account_balance', 'list_account_entries')
)
SELECT 'view_grant', given.view_grant_id::text, fault.column_name, fault.expected, fault.found
FROM given
LEFT JOIN account ON account.person_key = given.person_key AND account.account_id = given.account_id
LEFT JOIN person AS viewer ON viewer.person_key = given.viewer_person_key
LEFT JOIN family_member AS member ON member.person_key = given.person_key
                                 AND member.family_member_id = given.family_member_id
LEFT JOIN step ON step.person_key = given.person_key AND step.object_id = given.view_grant_id
CROSS JOIN LATERAL (
    SELECT 'view_grant_id', 'an id of person ' || given.person_key, 'one of ' || id_key WHERE id_key <> given.person_key
    UNION ALL
    SELECT 'account_id', 'an account of the owner', 'none' WHERE account.account_id IS NULL
    UNION ALL
    SELECT 'pool_code', account.pool_code, given.pool_code WHERE account.pool_code <> given.pool_code
    UNION ALL
    SELECT 'viewer_person_key', 'a person', 'none' WHERE viewer.person_key IS NULL
    UNION ALL
    SELECT 'viewer_id', viewer.person_id::text, given.viewer_id::text WHERE viewer.person_id <> given.viewer_id
    UNION ALL
    SELECT 'family_member_id', 'a family member of the owner', 'none'
    WHERE given.family_member_id IS NOT NULL AND member.family_member_id IS NULL
    UNION ALL
    SELECT 'family_member_id', 'the viewer, or whose guardian the viewer is', given.family_member_id::text
    WHERE given.viewer_person_key NOT IN (member.member_person_key, coalesce(member.guardian_person_key, 0))
    UNION ALL
    SELECT 'granted_at', step.granted_at::text, given.granted_at::text WHERE given.granted_at <> step.granted_at
    UNION ALL
    SELECT 'ended_at', coalesce(step.ended_at::text, 'null'), coalesce(given.ended_at::text, 'null')
    WHERE step.object_id IS NOT NULL AND given.ended_at IS DISTINCT FROM step.ended_at
    UNION ALL
    SELECT 'expires_on', 'from the day of the grant to 366 days later', expires_on::text
    WHERE expires_on NOT BETWEEN (given.granted_at AT TIME ZONE 'Asia/Shanghai')::date
                             AND (given.granted_at AT TIME ZONE 'Asia/Shanghai')::date + 366
    UNION ALL
    SELECT 'state', 'expired no earlier than after ' || expires_on, given.ended_at::text
    WHERE given.state = 'expired' AND (given.ended_at AT TIME ZONE 'Asia/Shanghai')::date <= expires_on
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'audit_event', seen.event_id::text, 'view_grant_id',
       'a grant of the owner to ' || seen.actor_id || ' that held at ' || seen.at || ' for ' || seen.action,
       coalesce(seen.view_grant_id, 'none')
FROM seen
WHERE NOT EXISTS (SELECT FROM given
                  WHERE given.person_key = seen.person_key AND given.view_grant_id::text = seen.view_grant_id
                    AND given.account_id = seen.object_id AND given.viewer_id = seen.actor_id
                    AND seen.at >= given.granted_at
                    AND (given.ends_at IS NULL OR seen.at <= given.ends_at + interval '5 minutes')
                    AND (given.scope = 'balance_and_entries' OR seen.action <> 'list_account_entries'))
