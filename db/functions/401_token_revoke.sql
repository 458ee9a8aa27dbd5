-- Revokes tokens with one audit event each; revoking again changes and records nothing.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. visible: comma-joined LIKE patterns of region codes, in
-- which every region of a staff token or a token's client must lie to be known to the caller; null: every token is.
-- Instants in real time.
-- Locks: the token rows, in the order of their ids; then the epochs of their buckets, in order.
-- Outcomes: one row for each member, in order. status, by precedence:
--   absent   there is no such token, or it is not the caller's to see
--   revoked  it does not work any more
CREATE OR REPLACE FUNCTION token_revoke(
    token_ids uuid[], visibles text[], revoked_bys uuid[], instants timestamptz[], event_ids uuid[],
    actor_kinds text[], request_ids text[])
RETURNS TABLE (ord bigint, status text)
LANGUAGE sql VOLATILE
AS $$
WITH asked AS MATERIALIZED (
    SELECT a.token_id, a.visible, a.revoked_by, a.instant, a.event_id, a.actor_kind, a.request_id, a.ord
      FROM unnest(token_ids, visibles, revoked_bys, instants, event_ids, actor_kinds, request_ids) WITH ORDINALITY
           AS a (token_id, visible, revoked_by, instant, event_id, actor_kind, request_id, ord)
), locked AS MATERIALIZED (
    SELECT token.token_id, token.kind, coalesce(client.regions, token.regions) AS regions, token.person_key,
           get_byte(token.token_hash, 0) AS bucket
      FROM token
      LEFT JOIN client ON client.client_id = token.subject_id AND token.kind = 'client'
     WHERE token.token_id = ANY (token_ids)
     ORDER BY token.token_id
       FOR NO KEY UPDATE OF token
), known AS MATERIALIZED (
    SELECT asked.*, locked.person_key, locked.bucket
      FROM asked
      JOIN locked ON locked.token_id = asked.token_id
     WHERE asked.visible IS NULL OR token_is_visible(locked.kind, locked.regions, asked.visible)
), changed AS (
    UPDATE token
       SET revoked_at = first.instant, revoked_by = first.revoked_by
      FROM (SELECT DISTINCT ON (known.token_id) known.* FROM known ORDER BY known.token_id, known.ord) AS first
     WHERE token.token_id = first.token_id AND token.revoked_at IS NULL
    RETURNING first.event_id, first.instant, first.actor_kind, first.revoked_by, first.person_key, first.token_id,
              first.request_id, first.bucket
), epoch AS MATERIALIZED (
    SELECT token_epoch.bucket
      FROM token_epoch
     WHERE token_epoch.bucket IN (SELECT changed.bucket FROM changed)
     ORDER BY token_epoch.bucket
       FOR NO KEY UPDATE
), raised AS (
    UPDATE token_epoch SET version = token_epoch.version + 1
      FROM epoch
     WHERE token_epoch.bucket = epoch.bucket
), recorded AS (
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, request_id)
    SELECT changed.event_id, changed.instant, changed.actor_kind, changed.revoked_by, 'revoke_token',
           changed.person_key, changed.token_id, changed.request_id
      FROM changed
)
SELECT asked.ord, CASE WHEN known.ord IS NULL THEN 'absent' ELSE 'revoked' END
  FROM asked
  LEFT JOIN known ON known.ord = asked.ord
 ORDER BY asked.ord
$$;
COMMENT ON FUNCTION token_revoke(uuid[], text[], uuid[], timestamptz[], uuid[], text[], text[]) IS
    'Revokes tokens with an audit event each; one status row for each member: absent or revoked';
