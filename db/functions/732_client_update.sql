-- Changes name, contact or state of clients with one audit event each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; visibles: comma-joined LIKE patterns of region codes in which
-- every region of the client must lie, null for who sees every region; names, contacts and states null where they stay;
-- instants in real time.
-- Locks: advisory 'client_name'; the client rows, in the order asked; then the epochs of their tokens' buckets, in
-- order, so that a change of state is noticed everywhere within a second.
-- Outcomes: one row for each member, in order. status, by precedence:
--   absent   there is no such client, or it is not the caller's to see
--   closed   it is closed for good
--   exists   another client that is not closed has that name
--   changed  it is as asked (and was already, when asked again); the other columns say how
CREATE OR REPLACE FUNCTION client_update(
    client_ids uuid[], visibles text[], names text[], contacts text[], states text[], changed_bys uuid[],
    instants timestamptz[], event_ids uuid[], request_ids text[])
RETURNS TABLE (
    ord bigint, status text, client_id uuid, kind text, name text, contact text, regions text, state text,
    created_at timestamptz, changed_at timestamptz)
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
        SELECT a.client_id, a.visible, a.name, a.contact, a.state, a.changed_by, a.instant, a.event_id, a.request_id,
               a.ord
          FROM unnest(client_ids, visibles, names, contacts, states, changed_bys, instants, event_ids, request_ids)
               WITH ORDINALITY
               AS a (client_id, visible, name, contact, state, changed_by, instant, event_id, request_id, ord)
         ORDER BY a.ord
    LOOP
        SELECT client.* INTO held FROM client WHERE client.client_id = asked.client_id FOR NO KEY UPDATE;
        outcome := CASE
            WHEN held.client_id IS NULL
                 OR NOT (asked.visible IS NULL OR token_is_visible('client', held.regions, asked.visible)) THEN 'absent'
            WHEN coalesce(asked.name, held.name) = held.name AND coalesce(asked.state, held.state) = held.state
                 AND coalesce(asked.contact, held.contact) IS NOT DISTINCT FROM held.contact THEN 'changed'
            WHEN held.state = 'closed' THEN 'closed'
            WHEN EXISTS (SELECT FROM client WHERE client.name = asked.name AND client.state <> 'closed'
                            AND client.client_id <> asked.client_id) THEN 'exists'
            ELSE 'new' END;
        IF outcome = 'new' THEN
            UPDATE client
               SET name = coalesce(asked.name, client.name), contact = coalesce(asked.contact, client.contact),
                   state = coalesce(asked.state, client.state), changed_at = greatest(asked.instant, client.created_at)
             WHERE client.client_id = asked.client_id;
            INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, object_id, request_id, detail)
            VALUES (asked.event_id, asked.instant, 'staff', asked.changed_by, 'update_client', asked.client_id,
                    asked.request_id, jsonb_build_object('state', coalesce(asked.state, held.state)));
            moved := moved || asked.client_id;
            outcome := 'changed';
        END IF;
        RETURN QUERY
        SELECT asked.ord, outcome, client.client_id, client.kind, client.name, client.contact,
               array_to_string(client.regions, ','), client.state, client.created_at, client.changed_at
          FROM (SELECT) AS one
          LEFT JOIN client ON client.client_id = asked.client_id AND outcome = 'changed';
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
COMMENT ON FUNCTION client_update(uuid[], text[], text[], text[], text[], uuid[], timestamptz[], uuid[], text[]) IS
    'Changes clients with an audit event each; one status row for each member: absent, closed, exists or changed';
