-- Changes name, contact, state or institution of clients with one audit event each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; visibles: comma-joined LIKE patterns of region codes in which
-- every region of the client must lie, null for who sees every region; what is null stays; instants in real time.
-- Locks: advisory 'client_name'; the client rows, in the order asked; then the epochs of their tokens' buckets, in
-- order, so that a change of state is noticed everywhere within a second.
-- Outcomes: one row for each member, in order. status, by precedence:
--   absent                  there is no such client, or it is not the caller's to see
--   no_provider             an institution is named, and its kind is another
--   institution_incomplete  a provider of before institutions were kept: type and code are told together
--   closed                  it is closed for good
--   exists                  another client has that name and is not closed, or has that institution code
--   changed                 it is as asked (and was already, when asked again); the other columns say how
CREATE OR REPLACE FUNCTION client_change(
    client_ids uuid[], visibles text[], names text[], contacts text[], states text[], institution_types text[],
    institution_codes text[], changed_bys uuid[], instants timestamptz[], event_ids uuid[], request_ids text[])
RETURNS TABLE (
    ord bigint, status text, client_id uuid, kind text, name text, contact text, regions text, state text,
    created_at timestamptz, changed_at timestamptz, institution_type text, institution_code text)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
DECLARE
    asked record;
    held record;
    outcome text;
    moved uuid[] := '{}'::uuid[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('client_name'));
    FOR asked IN
        SELECT a.*
          FROM unnest(client_ids, visibles, names, contacts, states, institution_types, institution_codes, changed_bys,
                      instants, event_ids, request_ids) WITH ORDINALITY
               AS a (client_id, visible, name, contact, state, institution_type, institution_code, changed_by, instant,
                     event_id, request_id, ord)
         ORDER BY a.ord
    LOOP
        PERFORM FROM client WHERE client.client_id = asked.client_id FOR NO KEY UPDATE;
        SELECT client.*, provider.institution_type, provider.institution_code INTO held
          FROM client LEFT JOIN provider ON provider.provider_id = client.client_id
         WHERE client.client_id = asked.client_id;
        outcome := CASE
            WHEN held.client_id IS NULL
                 OR NOT (asked.visible IS NULL OR token_is_visible('client', held.regions, asked.visible)) THEN 'absent'
            WHEN held.kind <> 'provider' AND coalesce(asked.institution_type, asked.institution_code) IS NOT NULL
                 THEN 'no_provider'
            WHEN held.institution_type IS NULL AND (asked.institution_type IS NULL) <> (asked.institution_code IS NULL)
                 THEN 'institution_incomplete'
            WHEN coalesce(asked.name, held.name) = held.name AND coalesce(asked.state, held.state) = held.state
                 AND coalesce(asked.contact, held.contact) IS NOT DISTINCT FROM held.contact
                 AND coalesce(asked.institution_type, held.institution_type) IS NOT DISTINCT FROM held.institution_type
                 AND coalesce(asked.institution_code, held.institution_code) IS NOT DISTINCT FROM held.institution_code
                 THEN 'changed'
            WHEN held.state = 'closed' THEN 'closed'
            WHEN EXISTS (SELECT FROM client WHERE client.name = asked.name AND client.state <> 'closed'
                            AND client.client_id <> asked.client_id)
                 OR EXISTS (SELECT FROM provider WHERE provider.institution_code = asked.institution_code
                               AND provider.provider_id <> asked.client_id) THEN 'exists'
            ELSE 'new' END;
        IF outcome = 'new' THEN
            UPDATE client
               SET name = coalesce(asked.name, client.name), contact = coalesce(asked.contact, client.contact),
                   state = coalesce(asked.state, client.state), changed_at = greatest(asked.instant, client.created_at)
             WHERE client.client_id = asked.client_id;
            INSERT INTO provider (provider_id, institution_type, institution_code)
            SELECT asked.client_id, coalesce(asked.institution_type, held.institution_type),
                   coalesce(asked.institution_code, held.institution_code)
             WHERE coalesce(asked.institution_type, asked.institution_code) IS NOT NULL
                ON CONFLICT (provider_id) DO UPDATE
               SET institution_type = excluded.institution_type, institution_code = excluded.institution_code;
            INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, object_id, request_id, detail)
            VALUES (asked.event_id, asked.instant, 'staff', asked.changed_by, 'update_client', asked.client_id,
                    asked.request_id, jsonb_strip_nulls(jsonb_build_object(
                        'state', coalesce(asked.state, held.state), 'institution_type', asked.institution_type,
                        'institution_code', asked.institution_code)));
            moved := moved || asked.client_id;
            outcome := 'changed';
        END IF;
        RETURN QUERY
        SELECT asked.ord, outcome, client.client_id, client.kind, client.name, client.contact,
               array_to_string(client.regions, ','), client.state, client.created_at, client.changed_at,
               provider.institution_type, provider.institution_code
          FROM (SELECT) AS one
          LEFT JOIN client ON client.client_id = asked.client_id AND outcome = 'changed'
          LEFT JOIN provider ON provider.provider_id = client.client_id;
    END LOOP;
    PERFORM FROM token_epoch
      WHERE token_epoch.bucket IN (SELECT get_byte(token.token_hash, 0) FROM token
                                    WHERE token.kind = 'client' AND token.subject_id = ANY (moved))
      ORDER BY token_epoch.bucket
        FOR NO KEY UPDATE;
    UPDATE token_epoch SET version = token_epoch.version + 1
     WHERE token_epoch.bucket IN (SELECT get_byte(token.token_hash, 0) FROM token
                                   WHERE token.kind = 'client' AND token.subject_id = ANY (moved));
END
$$;
COMMENT ON FUNCTION client_change(uuid[], text[], text[], text[], text[], text[], text[], uuid[], timestamptz[], uuid[],
    text[]) IS
    'Changes clients with an audit event each; one status row for each member: absent, no_provider, '
    'institution_incomplete, closed, exists or changed';
