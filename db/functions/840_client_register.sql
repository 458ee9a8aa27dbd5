-- Registers clients, those of kind provider with their institution, with one audit event each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each client; regions comma-joined; contacts null when not told; institution
-- types and codes for kind provider, null for every other; instants in real time. Ids come from the caller, so
-- executing it again stores nothing twice.
-- Locks: advisory 'client_name', so that two never take one name or code; then the inserted rows.
-- Outcomes: one row for each member, in order. status, by precedence:
--   malformed    something the tables refuse: a caller checks before
--   exists       another client that is not closed has that name, or another one, closed or not, that institution code
--   created      it is registered (or was already, when asked again)
CREATE OR REPLACE FUNCTION client_register(
    client_ids uuid[], kinds text[], names text[], contacts text[], regions text[], institution_types text[],
    institution_codes text[], created_bys uuid[], instants timestamptz[], event_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
DECLARE
    asked record;
    outcome text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('client_name'));
    FOR asked IN
        SELECT a.client_id, a.kind, a.name, a.contact, string_to_array(a.regions, ',') AS regions, a.institution_type,
               a.institution_code, a.created_by, a.instant, a.event_id, a.request_id, a.ord
          FROM unnest(client_ids, kinds, names, contacts, regions, institution_types, institution_codes, created_bys,
                      instants, event_ids, request_ids) WITH ORDINALITY
               AS a (client_id, kind, name, contact, regions, institution_type, institution_code, created_by, instant,
                     event_id, request_id, ord)
         ORDER BY a.ord
    LOOP
        outcome := CASE
            WHEN EXISTS (SELECT FROM client WHERE client.client_id = asked.client_id) THEN 'created'
            WHEN (asked.kind IN ('mini_program', 'app', 'website', 'service_platform', 'terminal', 'hotline',
                                 'provider', 'payment_platform')
                  AND octet_length(asked.name) BETWEEN 1 AND 256
                  AND coalesce(octet_length(asked.contact) BETWEEN 1 AND 512, true)
                  AND cardinality(asked.regions) BETWEEN 1 AND 32
                  AND array_to_string(asked.regions, ',', '') ~ '^[0-9]{6}(,[0-9]{6})*$'
                  AND (asked.kind = 'provider') = (asked.institution_type IS NOT NULL)
                  AND (asked.kind = 'provider') = (asked.institution_code IS NOT NULL)
                  AND coalesce(asked.institution_type IN ('hospital', 'clinic', 'pharmacy'), true)
                  AND coalesce(asked.institution_code ~ '^[A-Z][0-9A-Z]{5,19}$', true)
                  AND asked.client_id IS NOT NULL AND asked.instant IS NOT NULL AND asked.event_id IS NOT NULL)
                 IS NOT TRUE THEN 'malformed'
            WHEN EXISTS (SELECT FROM client WHERE client.name = asked.name AND client.state <> 'closed')
                 OR EXISTS (SELECT FROM provider WHERE provider.institution_code = asked.institution_code) THEN 'exists'
            ELSE 'new' END;
        IF outcome = 'new' THEN
            INSERT INTO client (client_id, kind, name, contact, regions, state, created_at, created_by, changed_at)
            VALUES (asked.client_id, asked.kind, asked.name, asked.contact, asked.regions, 'active', asked.instant,
                    asked.created_by, asked.instant);
            INSERT INTO provider (provider_id, institution_code, institution_type)
            SELECT asked.client_id, asked.institution_code, asked.institution_type WHERE asked.kind = 'provider';
            INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, object_id, request_id, detail)
            VALUES (asked.event_id, asked.instant, 'staff', asked.created_by, 'create_client', asked.client_id,
                    asked.request_id, jsonb_strip_nulls(jsonb_build_object(
                        'kind', asked.kind, 'regions', asked.regions, 'institution_type', asked.institution_type,
                        'institution_code', asked.institution_code)));
            outcome := 'created';
        END IF;
        RETURN QUERY SELECT asked.ord, outcome;
    END LOOP;
END
$$;
COMMENT ON FUNCTION client_register(uuid[], text[], text[], text[], text[], text[], text[], uuid[], timestamptz[],
    uuid[], text[]) IS
    'Registers clients with an audit event each; one status row for each member: malformed, exists or created';
