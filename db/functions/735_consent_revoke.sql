-- Takes consents back, with one audit event each; taking one back again changes and records nothing.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; person_ids: who takes back; instants in real time.
-- Locks: the consent rows, in the order of their ids.
-- Outcomes: one row for each member, in order. status, by precedence:
--   absent   the person has given no such consent
--   revoked  it does not hold any more
CREATE OR REPLACE FUNCTION consent_revoke(
    person_ids uuid[], person_keys bigint[], consent_ids uuid[], instants timestamptz[], event_ids uuid[],
    request_ids text[])
RETURNS TABLE (ord bigint, status text)
LANGUAGE sql VOLATILE
AS $$
WITH asked AS MATERIALIZED (
    SELECT a.person_id, a.person_key, a.consent_id, a.instant, a.event_id, a.request_id, a.ord
      FROM unnest(person_ids, person_keys, consent_ids, instants, event_ids, request_ids) WITH ORDINALITY
           AS a (person_id, person_key, consent_id, instant, event_id, request_id, ord)
), locked AS MATERIALIZED (
    SELECT consent.person_key, consent.consent_id, consent.client_id
      FROM consent
     WHERE consent.person_key = ANY (person_keys) AND consent.consent_id = ANY (consent_ids)
     ORDER BY consent.person_key, consent.consent_id
       FOR NO KEY UPDATE
), known AS MATERIALIZED (
    SELECT asked.*, locked.client_id
      FROM asked
      JOIN locked ON locked.person_key = asked.person_key AND locked.consent_id = asked.consent_id
), changed AS (
    UPDATE consent
       SET revoked_at = first.instant
      FROM (SELECT DISTINCT ON (known.consent_id) known.* FROM known ORDER BY known.consent_id, known.ord) AS first
     WHERE consent.person_key = first.person_key AND consent.consent_id = first.consent_id
       AND consent.revoked_at IS NULL
    RETURNING first.event_id, first.instant, first.person_id, first.person_key, first.consent_id, first.request_id,
              first.client_id
), recorded AS (
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, request_id, detail)
    SELECT changed.event_id, changed.instant, 'citizen', changed.person_id, 'revoke_consent', changed.person_key,
           changed.consent_id, changed.request_id, jsonb_build_object('client_id', changed.client_id)
      FROM changed
)
SELECT asked.ord, CASE WHEN known.ord IS NULL THEN 'absent' ELSE 'revoked' END
  FROM asked
  LEFT JOIN known ON known.ord = asked.ord
 ORDER BY asked.ord
$$;
COMMENT ON FUNCTION consent_revoke(uuid[], bigint[], uuid[], timestamptz[], uuid[], text[]) IS
    'Takes consents back with an audit event each; one status row for each member: absent or revoked';
