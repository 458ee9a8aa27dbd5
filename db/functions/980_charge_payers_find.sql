-- Finds who might pay each charge: the account that is charged, then others that have money, in the order of the rule.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each charge; verdicts: only `free` ones are looked at. account_ids null: the
-- person has none. pools: of the account or, without one, of the person.
-- Locks nothing. Outcomes: rows by ord and place; place 0 is the account that is charged, 1, 2, … are the others: older
-- accounts that can only be spent from, the wallet, and the accounts of sharers.
CREATE OR REPLACE FUNCTION charge_payers_find(
    verdicts text[], person_keys bigint[], account_ids uuid[], pools text[], business_dates date[])
RETURNS TABLE (ord bigint, place bigint, payer_kind text, person_key bigint, account_id uuid, family_member_id uuid)
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.*
          FROM unnest(verdicts, person_keys, account_ids, pools, business_dates) WITH ORDINALITY
               AS a (verdict, person_key, account_id, pool_code, business_date, ord)
         WHERE a.verdict = 'free'
    ), other AS (
        SELECT asked.ord, rule.payer_order, CASE account.pool_code WHEN '000000' THEN 'wallet' ELSE 'own' END AS kind,
               account.person_key, account.account_id, NULL::uuid AS family_member_id, account.opened_at AS since
          FROM asked
         CROSS JOIN LATERAL charge_rule_at(asked.pool_code, asked.business_date) AS rule
          JOIN account ON account.person_key = asked.person_key
               AND account.account_id IS DISTINCT FROM asked.account_id
               AND (account.status = 'spend_only' OR account.pool_code = '000000')
               AND account.current_year_fen + account.carried_over_fen > account.held_fen
        UNION ALL
        SELECT asked.ord, rule.payer_order, 'family', account.person_key, account.account_id, member.family_member_id,
               member.activated_at
          FROM asked
         CROSS JOIN LATERAL charge_rule_at(asked.pool_code, asked.business_date) AS rule
          JOIN family_member AS member ON member.member_person_key = asked.person_key AND member.state = 'active'
               AND member.way = 'direct'
          JOIN account ON account.person_key = member.person_key AND account.account_id = member.account_id
               AND account.current_year_fen + account.carried_over_fen > account.held_fen
    )
    SELECT asked.ord, 0::bigint, 'account', asked.person_key, asked.account_id, NULL::uuid
      FROM asked
     WHERE asked.account_id IS NOT NULL
    UNION ALL
    SELECT numbered.ord, numbered.place, numbered.kind, numbered.person_key, numbered.account_id,
           numbered.family_member_id
      FROM (SELECT other.*,
                   row_number() OVER (PARTITION BY other.ord ORDER BY array_position(other.payer_order, other.kind),
                                                   other.since, other.account_id) AS place
              FROM other
             WHERE other.kind = ANY (other.payer_order)) AS numbered
     WHERE numbered.place <= 100
     ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION charge_payers_find(text[], bigint[], uuid[], text[], date[]) IS
    'Who might pay each charge: the account that is charged, then others that have money, in the order of the rule';
