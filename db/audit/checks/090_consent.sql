-- What clients saw of people: nothing without a consent of that person to that client that held at that time.
-- SPDX-License-Identifier: Apache-2.0
-- A look is recorded once its consent was found, so it may be a request's length younger than the consent's end.
WITH given AS (
    SELECT person_key, consent_id, consent_request_id, client_id, scopes, granted_at,
           least(expires_at, revoked_at) AS ends_at
    FROM consent
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
), asked AS (
    SELECT person_key, consent_request_id, client_id, scopes, state
    FROM consent_request
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND state <> 'pending'
), seen AS (
    SELECT event_id, person_key, actor_id, at, detail ->> 'consent_id' AS consent_id
    FROM audit_event
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND actor_kind = 'client'
      -- Asking is no look; callers of the hotline prove themselves by number and PIN.
      AND action NOT IN ('create_consent_request', 'get_hotline_balance', 'get_hotline_contributions')
      -- Who shows the card at a provider's till agrees by that, also to a dry run; anything else that a provider looks
      -- at needs a consent.
      AND NOT (regexp_replace(action, '[.]dry_run$', '') IN ('create_charge',
                                                             'get_charge', 'list_charges', 'capture_charge',
                                                             'void_charge',
                          'create_refund', 'get_refund', 'list_refunds')
               AND actor_id IN (SELECT provider_id FROM provider))
)
SELECT 'consent', given.consent_id::text, 'scopes', 'some of what its client asked for: '
       || coalesce(array_to_string(asked.scopes, ','), 'nothing'), array_to_string(given.scopes, ',')
FROM given
LEFT JOIN asked ON asked.consent_request_id = given.consent_request_id AND asked.person_key = given.person_key
                AND asked.client_id = given.client_id AND asked.state = 'granted'
WHERE (given.scopes <@ asked.scopes) IS NOT TRUE
UNION ALL
SELECT 'consent_request', asked.consent_request_id::text, 'state', 'one consent', asked.state
FROM asked
LEFT JOIN given ON given.consent_request_id = asked.consent_request_id AND given.person_key = asked.person_key
WHERE (asked.state = 'granted') <> (given.consent_id IS NOT NULL)
UNION ALL
SELECT 'audit_event', seen.event_id::text, 'consent_id', 'a consent to ' || seen.actor_id || ' that held',
       coalesce(seen.consent_id, 'none')
FROM seen
LEFT JOIN given ON given.consent_id::text = seen.consent_id AND given.person_key = seen.person_key
                AND given.client_id = seen.actor_id
WHERE (seen.at BETWEEN given.granted_at AND given.ends_at + interval '1 minute') IS NOT TRUE
