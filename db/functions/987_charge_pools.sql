-- The pools that charges are judged by: of the account that is charged; without one, where the person is enrolled.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each charge; verdicts: only `free` ones are looked at.
-- Locks none. Outcomes: null where there is none in the provider's regions, and for the dead.
CREATE OR REPLACE FUNCTION charge_pools(verdicts text[], provider_ids uuid[], person_keys bigint[], account_ids uuid[])
RETURNS text[]
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN ARRAY(
        SELECT CASE WHEN a.verdict <> 'free' THEN NULL WHEN a.account_id IS NOT NULL THEN account.pool_code
                    ELSE home.pool_code END
          FROM unnest(verdicts, provider_ids, person_keys, account_ids) WITH ORDINALITY
               AS a (verdict, provider_id, person_key, account_id, ord)
          LEFT JOIN account ON account.person_key = a.person_key AND account.account_id = a.account_id
          LEFT JOIN LATERAL (
               SELECT enrolment.pool_code
                 FROM enrolment
                 JOIN person ON person.person_key = enrolment.person_key AND person.deceased_on IS NULL
                 JOIN client ON client.client_id = a.provider_id AND regions_cover(client.regions, enrolment.pool_code)
                WHERE a.account_id IS NULL AND enrolment.person_key = a.person_key
                  AND enrolment.status IN ('active', 'suspended', 'closing')
                ORDER BY enrolment.status = 'active' DESC, enrolment.started_on DESC, enrolment.enrolment_id
                LIMIT 1) AS home ON true
         ORDER BY a.ord);
END
$$;
COMMENT ON FUNCTION charge_pools(text[], uuid[], bigint[], uuid[]) IS
    'The pools that charges are judged by: of the account, or where a person without one is enrolled';
