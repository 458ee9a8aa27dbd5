-- Finds who might pay each charge, and locks the accounts of all of them.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each charge; verdicts: only `free` ones are looked at; account_ids null: the
-- person has none. is_waiting: wait for accounts that somebody else holds.
-- Locks: those of account_claim, for all charges at once.
-- Outcomes: one row. claims and pools have one element for each charge: `deferred` where a payer's account is somebody
-- else's for the moment, else the verdict on the account that is charged, null without one; and the pool it is judged
-- by. kinds, person_keys, account_ids and family_member_ids are the payers beside it; firsts and lasts say which of
-- them are a charge's; first is last + 1 where it has none.
CREATE OR REPLACE FUNCTION charge_payers_claim(
    verdicts text[], provider_ids uuid[], asked_person_keys bigint[], asked_account_ids uuid[], business_dates date[],
    is_waiting boolean, OUT claims text[], OUT pools text[], OUT kinds text[], OUT person_keys bigint[],
    OUT account_ids uuid[], OUT family_member_ids uuid[], OUT firsts integer[], OUT lasts integer[])
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    found record;
    got text[];
BEGIN
    pools := charge_pools(verdicts, provider_ids, asked_person_keys, asked_account_ids);
    SELECT array_agg(p.ord ORDER BY p.ord, p.place) AS charges, array_agg(p.place ORDER BY p.ord, p.place) AS places,
           array_agg(p.payer_kind ORDER BY p.ord, p.place) AS kinds,
           array_agg(p.person_key ORDER BY p.ord, p.place) AS person_keys,
           array_agg(p.account_id ORDER BY p.ord, p.place) AS account_ids,
           array_agg(p.family_member_id ORDER BY p.ord, p.place) AS family_member_ids
      INTO found
      FROM charge_payers_find(verdicts, asked_person_keys, asked_account_ids, pools, business_dates) AS p;
    kinds := found.kinds;
    person_keys := found.person_keys;
    account_ids := found.account_ids;
    family_member_ids := found.family_member_ids;
    SELECT array_agg(c.verdict ORDER BY c.ord) INTO got
      FROM account_claim(found.person_keys, found.account_ids, is_waiting) AS c;
    SELECT array_agg(of_charge.claim ORDER BY of_charge.ord), array_agg(of_charge.first ORDER BY of_charge.ord),
           array_agg(of_charge.last ORDER BY of_charge.ord)
      INTO claims, firsts, lasts
      FROM (SELECT member.ord,
                   CASE WHEN bool_or(payer.claim = 'deferred') THEN 'deferred'
                        ELSE min(payer.claim) FILTER (WHERE payer.place = 0) END AS claim,
                   coalesce(min(payer.n) FILTER (WHERE payer.place > 0), 1)::integer AS first,
                   coalesce(max(payer.n) FILTER (WHERE payer.place > 0), 0)::integer AS last
              FROM generate_subscripts(verdicts, 1) AS member (ord)
              LEFT JOIN unnest(found.charges, found.places, got) WITH ORDINALITY
                   AS payer (charge, place, claim, n) ON payer.charge = member.ord
             GROUP BY member.ord) AS of_charge;
END
$$;
COMMENT ON FUNCTION charge_payers_claim(text[], uuid[], bigint[], uuid[], date[], boolean) IS
    'Finds who might pay each charge, and locks the accounts of all of them';
