-- Stores new tokens (their hashes) with one audit event each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each token; roles and regions comma-joined; person_keys only for citizens;
-- created_bys null on the command line; visibles: comma-joined LIKE patterns, in which every region of a token's client
-- must lie, null for the command line and who sees every region; instants in real time. Ids come from the caller, so
-- executing it again stores nothing twice.
-- Locks: none but those of the inserted rows. One INSERT per table for all.
-- Outcomes: one row for each member, in order. status, by precedence:
--   malformed       something the table refuses: a caller checks before
--   unknown_person  a citizen token for somebody who does not exist
--   unknown_client  a client token for one that is not registered, not active, or not the caller's to manage
--   foreign_subject a staff token in the name of a person or client, or of staff who hold tokens that are not the
--                   caller's to manage: what it does would be taken for what they did
--   created         it works now (or did already, when asked again)
CREATE OR REPLACE FUNCTION token_issue(
    token_hashes bytea[], token_ids uuid[], kinds text[], subject_ids uuid[], person_keys bigint[], labels text[],
    roles text[], regions text[], expire_ats timestamptz[], created_bys uuid[], instants timestamptz[],
    event_ids uuid[], actor_kinds text[], request_ids text[],
    visibles text[])
RETURNS TABLE (ord bigint, status text)
LANGUAGE sql VOLATILE
AS $$
WITH asked AS MATERIALIZED (
    SELECT a.token_hash, a.token_id, a.kind, a.subject_id, a.person_key, a.label,
           string_to_array(coalesce(a.roles, ''), ',') AS roles,
           string_to_array(coalesce(a.regions, ''), ',') AS regions,
           a.expires_at, a.created_by, a.instant, a.event_id, a.actor_kind, a.request_id, a.visible, a.ord
      FROM unnest(token_hashes, token_ids, kinds, subject_ids, person_keys, labels, roles, regions, expire_ats,
                  created_bys, instants, event_ids, actor_kinds, request_ids, visibles) WITH ORDINALITY
           AS a (token_hash, token_id, kind, subject_id, person_key, label, roles, regions, expires_at, created_by,
                 instant, event_id, actor_kind, request_id, visible, ord)
), judged AS MATERIALIZED (
    SELECT asked.*,
           CASE WHEN (octet_length(asked.token_hash) = 32 AND asked.token_id IS NOT NULL
                      AND asked.subject_id IS NOT NULL
                      AND asked.kind IN ('citizen', 'client', 'staff') AND octet_length(asked.label) <= 128
                      AND (asked.kind = 'citizen') = (asked.person_key IS NOT NULL)
                      AND (asked.kind = 'staff') = (cardinality(asked.roles) > 0)
                      AND (asked.kind = 'staff' OR cardinality(asked.regions) = 0)
                      AND (asked.kind <> 'citizen' OR asked.expires_at IS NOT NULL)
                      AND asked.roles <@ '{operator,reviewer,policy,security,auditor}'::text[]
                      AND cardinality(asked.regions) <= 32 AND asked.instant IS NOT NULL AND asked.event_id IS NOT NULL
                      AND coalesce(asked.expires_at > asked.instant, true)) IS NOT TRUE THEN 'malformed'
                WHEN asked.kind = 'citizen' AND person.person_key IS NULL THEN 'unknown_person'
                WHEN asked.kind = 'client'
                     AND (client.client_id IS NULL
                          OR NOT (asked.visible IS NULL
                                  OR token_is_visible('client', client.regions, asked.visible))) THEN 'unknown_client'
                WHEN asked.kind = 'staff'
                     AND (EXISTS (SELECT FROM token AS held
                                   WHERE held.subject_id = asked.subject_id AND held.token_id <> asked.token_id
                                     AND (held.kind <> 'staff' OR NOT (asked.visible IS NULL
                                          OR token_is_visible('staff', held.regions, asked.visible))))
                          OR EXISTS (SELECT FROM person AS citizen
                                      WHERE citizen.person_key = person_key_of(asked.subject_id)
                                        AND citizen.person_id = asked.subject_id)
                          OR EXISTS (SELECT FROM client AS registered
                                      WHERE registered.client_id = asked.subject_id)) THEN 'foreign_subject'
                ELSE 'created' END AS status
      FROM asked
      LEFT JOIN person ON person.person_key = asked.person_key AND person.person_id = asked.subject_id
           AND NOT EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = person.person_key)
      LEFT JOIN client ON client.client_id = asked.subject_id AND client.state = 'active'
), stored AS (
    INSERT INTO token (token_hash, token_id, kind, subject_id, person_key, label, roles, regions, created_at,
                       created_by, expires_at)
    SELECT judged.token_hash, judged.token_id, judged.kind, judged.subject_id, judged.person_key, judged.label,
           judged.roles, judged.regions, judged.instant, judged.created_by, judged.expires_at
      FROM judged
     WHERE judged.status = 'created'
     ORDER BY judged.token_hash
        ON CONFLICT DO NOTHING
    RETURNING token.token_id
), recorded AS (
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, request_id, detail)
    SELECT judged.event_id, judged.instant, judged.actor_kind, judged.created_by, 'create_token', judged.person_key,
           judged.token_id, judged.request_id,
           jsonb_build_object('kind', judged.kind, 'subject_id', judged.subject_id, 'roles', judged.roles,
                              'regions', judged.regions)
      FROM judged
      JOIN stored ON stored.token_id = judged.token_id
)
SELECT judged.ord, judged.status FROM judged ORDER BY judged.ord
$$;
COMMENT ON FUNCTION token_issue(bytea[], uuid[], text[], uuid[], bigint[], text[], text[], text[], timestamptz[],
    uuid[], timestamptz[], uuid[], text[], text[], text[]) IS
    'Stores new tokens with an audit event each; one status row for each member: malformed, unknown_person, '
    'unknown_client, foreign_subject or created';
