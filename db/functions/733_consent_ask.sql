-- Records what clients ask persons for, with one audit event each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; hashes as for hash_items; scopes comma-joined, in alphabetical
-- order; instants in real time; visibles: comma-joined LIKE patterns of the client's regions, null for everywhere.
-- asks_per_day: how often a client may ask for one number within 24 hours; pending_max: how many open requests a person
-- is shown. Ids come from the caller, and a client's reference stands once, so executing it again stores nothing twice.
-- A number that is nobody's, a name that does not fit, a person of other regions and one who is asked by too many are
-- recorded like any other, without the person; so is one whom the client asks while asks_per_day of its own are open:
-- nothing that the client sees, nor any limit that it meets, depends on whether somebody exists.
-- Locks: the client rows, in the order of their ids: so a client's requests follow each other.
-- Outcomes: one row for each member, in order. status, by precedence:
--   differs   the client has used the reference for something else
--   too_many  the client has asked for this number too often; retry_at says when it may again
--   created   it is recorded (or was already); the other columns say what it is
CREATE OR REPLACE FUNCTION consent_ask(
    consent_request_ids uuid[], client_ids uuid[], refs text[], number_hashes bytea[], name_hashes bytea[],
    scopes text[], purposes text[], days integer[], instants timestamptz[], expire_ats timestamptz[],
    visibles text[], event_ids uuid[], request_ids text[], asks_per_day integer, pending_max integer)
RETURNS TABLE (
    ord bigint, status text, retry_at timestamptz, consent_request_id uuid, state text, expires_at timestamptz)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
DECLARE
    asked record;
    known consent_request%ROWTYPE;
    recent timestamptz[];
    found_key bigint;
BEGIN
    PERFORM FROM client WHERE client.client_id = ANY (client_ids) ORDER BY client.client_id FOR NO KEY UPDATE;
    FOR asked IN
        SELECT a.consent_request_id, a.client_id, a.reference, a.number_hash, a.name_hash,
               string_to_array(a.scopes, ',') AS scopes, a.purpose, a.days, a.instant, a.expires_at, a.visible,
               a.event_id, a.request_id, a.ord
          FROM unnest(consent_request_ids, client_ids, refs, number_hashes, name_hashes, scopes, purposes, days,
                      instants, expire_ats, visibles, event_ids, request_ids) WITH ORDINALITY
               AS a (consent_request_id, client_id, reference, number_hash, name_hash, scopes, purpose, days, instant,
                     expires_at, visible, event_id, request_id, ord)
         ORDER BY a.ord
    LOOP
        SELECT * INTO known FROM consent_request AS r
         WHERE r.client_id = asked.client_id AND r.reference = asked.reference;
        IF known.consent_request_id IS NOT NULL THEN
            RETURN QUERY SELECT asked.ord,
                CASE WHEN hash_is(known.number_hash, asked.number_hash) AND hash_is(known.name_hash, asked.name_hash)
                          AND (known.scopes, known.purpose, known.days) = (asked.scopes, asked.purpose, asked.days)
                     THEN 'created' ELSE 'differs' END, NULL::timestamptz, known.consent_request_id,
                CASE WHEN known.state = 'pending' AND known.expires_at <= asked.instant THEN 'expired'
                     ELSE known.state END, known.expires_at;
            CONTINUE;
        END IF;
        recent := ARRAY(SELECT r.created_at FROM consent_request AS r
                         WHERE r.client_id = asked.client_id
                           AND r.number_hash IN (hash_looked(asked.number_hash), hash_other(asked.number_hash))
                           AND r.created_at > asked.instant - interval '24 hours'
                         ORDER BY r.created_at DESC LIMIT asks_per_day);
        IF cardinality(recent) >= asks_per_day THEN
            RETURN QUERY SELECT asked.ord, 'too_many', recent[asks_per_day] + interval '24 hours', NULL::uuid,
                NULL::text, NULL::timestamptz;
            CONTINUE;
        END IF;
        SELECT person.person_key INTO found_key
          FROM current_identifier
          JOIN person ON person.person_key = current_identifier.person_key
         WHERE current_identifier.kind = 'citizen_number' AND current_identifier.hash = hash_looked(asked.number_hash)
           AND hash_is(person.name_hash, asked.name_hash) AND person.deceased_on IS NULL
           AND (asked.visible IS NULL OR person_is_visible(person.person_key, asked.visible))
           AND (SELECT count(*) FROM consent_request AS r
                 WHERE r.person_key = person.person_key AND r.state = 'pending' AND r.expires_at > asked.instant)
               < pending_max
           AND (SELECT count(*) FROM consent_request AS r
                 WHERE r.person_key = person.person_key AND r.client_id = asked.client_id AND r.state = 'pending'
                   AND r.expires_at > asked.instant) < asks_per_day;
        INSERT INTO consent_request (consent_request_id, client_id, reference, person_key, number_hash, number_version,
                                     name_hash, name_version, scopes, purpose, days, state, created_at, expires_at)
        VALUES (asked.consent_request_id, asked.client_id, asked.reference, found_key, hash_looked(asked.number_hash),
                hash_version(asked.number_hash), hash_looked(asked.name_hash), hash_version(asked.name_hash),
                asked.scopes, asked.purpose, asked.days, 'pending', asked.instant, asked.expires_at);
        INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, request_id)
        VALUES (asked.event_id, asked.instant, 'client', asked.client_id, 'create_consent_request', found_key,
                asked.consent_request_id, asked.request_id);
        RETURN QUERY SELECT asked.ord, 'created', NULL::timestamptz, asked.consent_request_id,
                     'pending', asked.expires_at;
    END LOOP;
END
$$;
COMMENT ON FUNCTION consent_ask(uuid[], uuid[], text[], bytea[], bytea[], text[], text[], integer[],
    timestamptz[], timestamptz[], text[], uuid[], text[], integer, integer) IS
    'Records what clients ask persons for, with an audit event each; one row for each member: differs, too_many or '
    'created';
