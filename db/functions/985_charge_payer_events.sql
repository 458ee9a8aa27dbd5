-- Records in the access logs of relatives that their accounts pay for somebody: were charged, held, or given back.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: charges: one for each request, null where nothing was done; shares: of all of them. request_ids and
-- real_instants: of the requests; request_ids null: it was the system. Accounts of the person's own are left out: they
-- have the event of the charge.
-- Locks nothing; the caller has locked the accounts. Ids are made as person_id_tick says.
CREATE OR REPLACE FUNCTION charge_payer_events(
    asked_action text, charges charge[], shares charge_share[], request_ids text[], real_instants timestamptz[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    tick bigint := person_id_tick();
BEGIN
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code, request_id,
                             detail)
    SELECT person_id_at(s.person_key, tick + s.ordinality), real_instants[c.ordinality],
           CASE WHEN request_ids IS NULL THEN 'system' ELSE 'client' END,
           CASE WHEN request_ids IS NOT NULL THEN s.provider_id END, asked_action, s.person_key, s.share_id,
                s.pool_code,
           request_ids[c.ordinality], '{"payer_kind": "family"}'
      FROM unnest(shares) WITH ORDINALITY AS s
      JOIN unnest(charges) WITH ORDINALITY AS c ON c.charge_id = s.charge_id
     WHERE s.payer_kind = 'family';
END
$$;
COMMENT ON FUNCTION charge_payer_events(text, charge[], charge_share[], text[], timestamptz[]) IS
    'Records in the access logs of relatives that their accounts pay for somebody';
