-- What the owner of an account is told of the charge behind an entry or hold: where, what for, when,
-- and for whom it pays.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: one row for an entry of kind charge or charge_refund, no row for others. One probe of a
-- primary key for each table: the operation of an entry is its charge or refund, or what one of several payers paid or
-- was given back; its person is the one whose key that id has (after a merge not that of the account). LIMIT 1 keeps it
-- so whatever the planner knows. A single SELECT, so that it is inlined.
CREATE OR REPLACE FUNCTION charge_behind(entry_kind text, operation_id uuid)
RETURNS TABLE (charge_id uuid, charge_no text, provider_id uuid, institution_name text, institution_type text,
               usage text, item text, occurred_at timestamptz, payer_kind text, family_member_id uuid)
    LANGUAGE sql STABLE AS $$
SELECT charge.charge_id, charge.charge_no, charge.provider_id, client.name, provider.institution_type, charge.usage,
       charge.item, charge.created_at, coalesce(share.payer_kind, 'account'), share.family_member_id
  FROM (SELECT person_key_of($2) AS person_key,
               CASE $1 WHEN 'charge' THEN $2
                       WHEN 'charge_refund' THEN (SELECT charge_refund.charge_id
                                                    FROM charge_refund
                                                   WHERE charge_refund.person_key = person_key_of($2)
                                                     AND charge_refund.refund_id = $2) END AS charge_id,
               CASE $1 WHEN 'charge' THEN $2
                       WHEN 'charge_refund' THEN (SELECT part.share_id
                                                    FROM charge_share_refund AS part
                                                   WHERE part.person_key = person_key_of($2)
                                                     AND part.share_refund_id = $2) END AS share_id) AS asked
  LEFT JOIN LATERAL (SELECT share.* FROM charge_share AS share
                      WHERE share.person_key = asked.person_key AND share.share_id = asked.share_id
                      LIMIT 1) AS share ON true
 CROSS JOIN LATERAL (SELECT charge.* FROM charge
                      WHERE charge.person_key = coalesce(share.charge_person_key, asked.person_key)
                        AND charge.charge_id = coalesce(share.charge_id, asked.charge_id)
                      LIMIT 1) AS charge
  LEFT JOIN LATERAL (SELECT client.name FROM client
                     WHERE client.client_id = charge.provider_id LIMIT 1) AS client ON true
  LEFT JOIN LATERAL (SELECT provider.institution_type FROM provider
                      WHERE provider.provider_id = charge.provider_id
                      LIMIT 1) AS provider ON true
$$;
COMMENT ON FUNCTION charge_behind(text, uuid) IS
    'What the owner of an account is told of the charge behind an entry of this kind and operation';
