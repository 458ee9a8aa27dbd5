-- Who did it: each record of what was done with a family member has its step, of whoever is said to have taken it.
-- SPDX-License-Identifier: Apache-2.0
-- An event of what was refused counts for nothing here. Those of the owner's are looked at; the member's are copies.
WITH word (action, event) AS (VALUES
    ('create_family_member', 'invite'), ('accept_family_member', 'accept'), ('refuse_family_member', 'decline'),
    ('cancel_family_member', 'cancel'), ('set_family_limits', 'change'), ('end_family_member', 'end'),
    ('expire_family_member', 'expire'), ('close_family_member', 'close')
), done AS (
    SELECT event.person_key, event.object_id, event.actor_id, word.event, count(*) AS events,
           min(event.event_id::text) AS event_id
    FROM audit_event AS event
    JOIN word ON word.action = event.action
    JOIN family_member AS member ON member.person_key = event.person_key AND member.family_member_id = event.object_id
    WHERE event.person_key BETWEEN $1::bigint AND $2::bigint AND event.detail -> 'refused' IS NULL
    GROUP BY event.person_key, event.object_id, event.actor_id, word.event
)
SELECT 'audit_event', done.event_id, 'object_id', done.events || ' steps ' || done.event || ' by '
       || coalesce(done.actor_id::text, 'the system'), step.steps::text
FROM done
CROSS JOIN LATERAL (SELECT count(*) AS steps
                    FROM state_change AS step
                    WHERE step.person_key = done.person_key AND step.object_id = done.object_id
                      AND step.event = done.event AND step.actor_id IS NOT DISTINCT FROM done.actor_id) AS step
WHERE step.steps <> done.events
