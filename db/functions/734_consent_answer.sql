-- Records persons' answers to what clients have asked them, with one audit event each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each answer. person_ids: who answers; consent_ids, scope_lists (comma-joined,
-- in alphabetical order) and expire_ats are null to refuse; instants in real time.
-- Locks: the request rows, in the order of their ids.
-- Outcomes: one row for each member, in order. status, by precedence:
--   absent    the person has not been asked that
--   decided   it was answered before, and otherwise
--   expired   it can no longer be answered: its time is over, or its client is not active
--   too_wide  agreed to something that was not asked for
--   done      it is answered so (and was already, when asked again); the other columns say what was agreed to
CREATE OR REPLACE FUNCTION consent_answer(
    person_ids uuid[], person_keys bigint[], consent_request_ids uuid[], consent_ids uuid[], scope_lists text[],
    expire_ats timestamptz[], instants timestamptz[], event_ids uuid[], request_ids text[])
RETURNS TABLE (
    ord bigint, status text, consent_id uuid, client_id uuid, client_name text, client_kind text, scopes text,
    purpose text, granted_at timestamptz, expires_at timestamptz)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
DECLARE
    asked record;
    known record;
    given consent%ROWTYPE;
    outcome text;
BEGIN
    PERFORM FROM consent_request AS r
      WHERE r.consent_request_id = ANY (consent_request_ids) ORDER BY r.consent_request_id FOR NO KEY UPDATE;
    FOR asked IN
        SELECT a.person_id, a.person_key, a.consent_request_id, a.consent_id, string_to_array(a.scopes, ',') AS scopes,
               a.expires_at, a.instant, a.event_id, a.request_id, a.ord
          FROM unnest(person_ids, person_keys, consent_request_ids, consent_ids, scope_lists, expire_ats, instants,
                      event_ids, request_ids) WITH ORDINALITY
               AS a (person_id, person_key, consent_request_id, consent_id, scopes, expires_at, instant, event_id,
                     request_id, ord)
         ORDER BY a.ord
    LOOP
        SELECT r.*, client.state AS client_state, client.name AS client_name, client.kind AS client_kind INTO known
          FROM consent_request AS r
          LEFT JOIN client ON client.client_id = r.client_id
         WHERE r.consent_request_id = asked.consent_request_id AND r.person_key = asked.person_key;
        SELECT * INTO given FROM consent
         WHERE consent.person_key = asked.person_key AND consent.consent_request_id = asked.consent_request_id;
        outcome := CASE
            WHEN known.consent_request_id IS NULL THEN 'absent'
            WHEN known.state = 'refused' THEN CASE WHEN asked.consent_id IS NULL THEN 'done' ELSE 'decided' END
            WHEN known.state = 'granted' THEN
                CASE WHEN given.scopes = asked.scopes AND given.expires_at = asked.expires_at
                          AND given.revoked_at IS NULL
                     THEN 'done' ELSE 'decided' END
            WHEN known.expires_at <= asked.instant OR known.client_state IS DISTINCT FROM 'active' THEN 'expired'
            WHEN NOT coalesce(asked.scopes, '{}') <@ known.scopes THEN 'too_wide'
            ELSE 'new' END;
        IF outcome = 'new' THEN
            UPDATE consent_request AS r
               SET state = CASE WHEN asked.consent_id IS NULL THEN 'refused' ELSE 'granted' END,
                   decided_at = asked.instant
             WHERE r.consent_request_id = asked.consent_request_id;
            INSERT INTO consent (person_key, consent_id, consent_request_id, client_id, scopes, purpose, granted_at,
                                 expires_at)
            SELECT asked.person_key, asked.consent_id, asked.consent_request_id, known.client_id, asked.scopes,
                   known.purpose, asked.instant, asked.expires_at
             WHERE asked.consent_id IS NOT NULL
            RETURNING * INTO given;
            INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, request_id,
                                     detail)
            VALUES (asked.event_id, asked.instant, 'citizen', asked.person_id,
                    CASE WHEN asked.consent_id IS NULL THEN 'refuse_consent_request' ELSE 'grant_consent_request' END,
                    asked.person_key, coalesce(asked.consent_id, asked.consent_request_id), asked.request_id,
                    jsonb_build_object('client_id', known.client_id));
            outcome := 'done';
        END IF;
        RETURN QUERY SELECT asked.ord, outcome, given.consent_id, given.client_id, known.client_name,
            known.client_kind, array_to_string(given.scopes, ','), given.purpose, given.granted_at, given.expires_at;
    END LOOP;
END
$$;
COMMENT ON FUNCTION consent_answer(uuid[], bigint[], uuid[], uuid[], text[], timestamptz[], timestamptz[], uuid[],
    text[]) IS
    'Records persons'' answers to clients, with an audit event each: absent, decided, expired, too_wide or done';
