-- Records in the access logs of relatives that their accounts were given back what they had paid for somebody.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: refunds: one for each request, null where nothing was done; parts: of all of them. Accounts of the
-- person's own are left out. Locks nothing; the caller has locked the accounts. Ids are made as person_id_tick says.
CREATE OR REPLACE FUNCTION refund_payer_events(
    refunds charge_refund[], parts charge_share_refund[], request_ids text[], real_instants timestamptz[])
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    tick bigint := person_id_tick();
BEGIN
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code, request_id,
                             detail)
    SELECT person_id_at(p.person_key, tick + p.ordinality), real_instants[r.ordinality], 'client', r.provider_id,
           'create_refund', p.person_key, p.share_refund_id, p.pool_code, request_ids[r.ordinality],
           '{"payer_kind": "family"}'
      FROM unnest(parts) WITH ORDINALITY AS p
      JOIN unnest(refunds) WITH ORDINALITY AS r ON r.refund_id = p.refund_id
      JOIN charge_share AS share ON share.person_key = p.person_key AND share.share_id = p.share_id
     WHERE share.payer_kind = 'family';
END
$$;
COMMENT ON FUNCTION refund_payer_events(charge_refund[], charge_share_refund[], text[], timestamptz[]) IS
    'Records in the access logs of relatives that their accounts were given back';
