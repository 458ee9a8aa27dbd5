-- Leaves text messages for owners about what has become of their family members: effect beside a step.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; payloads: sealed texts (associated data outbox.payload,
-- outbox_id), null where nobody is told. Only what has just been done is told, once, and nobody who has died or has no
-- phone on file. real_instants: a message that could not be sent for a day is not sent any more.
CREATE OR REPLACE FUNCTION family_owner_tell(
    statuses text[], are_replayed boolean[], owner_keys bigint[], outbox_ids uuid[], payloads bytea[],
    real_instants timestamptz[])
RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    INSERT INTO outbox (outbox_id, kind, person_key, person_id, payload_sealed, next_attempt_at, created_at, expires_at)
    SELECT a.outbox_id, 'sms', person.person_key, person.person_id, a.payload, a.instant, a.instant,
           a.instant + interval '1 day'
      FROM unnest(statuses, are_replayed, owner_keys, outbox_ids, payloads, real_instants)
           AS a (status, is_replayed, owner_key, outbox_id, payload, instant)
      JOIN person ON person.person_key = a.owner_key AND person.deceased_on IS NULL AND person.phone_sealed IS NOT NULL
     WHERE a.status IN ('done', 'created') AND NOT a.is_replayed AND a.payload IS NOT NULL
     ORDER BY a.outbox_id
        ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION family_owner_tell(text[], boolean[], bigint[], uuid[], bytea[], timestamptz[]) IS
    'Leaves text messages for owners about what has become of their family members';
