-- Judges refunds of charges whose accounts are locked: what speaks against each, and which part gets how much back.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; verdicts, account_keys and account_ids are those of
-- charge_claim. amounts_fen null: all that is left.
-- Locks: none taken. Outcomes: one row for each member, in order. status, by precedence:
--   a verdict of charge_claim other than locked
--   deferred               the person was merged since the account was looked up: ask again
--   charge_not_captured    it is held, voided or expired
--   day_settled            the day is agreed with the provider, and final: the clock that gave it is slow
--   refund_exceeds_charge  more than is left of what was captured
--   account_closed, …      of account_status_rule: refund
--   balance_overflow       no account can hold that much
--   good                   current_year_fen and carried_over_fen give back what those parts paid
-- What was taken last is given back first: the part that did not pay first. current_year_into: current-year money of an
-- account year that has ended is carried over.
CREATE OR REPLACE FUNCTION charge_refund_judge(
    verdicts text[], person_keys bigint[], charge_ids uuid[], account_keys bigint[], account_ids uuid[],
    amounts_fen bigint[], business_dates date[])
RETURNS TABLE (ord bigint, status text, pool_code text, amount_fen bigint, current_year_fen bigint,
               carried_over_fen bigint, current_year_into text, current_year_linked_id uuid,
               carried_over_linked_id uuid)
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT a.ord, a.verdict, a.business_date, charge.provider_id, charge.pool_code, charge.state,
               charge.captured_on, charge.current_year_entry_id, charge.carried_over_entry_id,
               charge.captured_fen - charge.refunded_fen AS left_fen,
               coalesce(a.amount_fen, charge.captured_fen - charge.refunded_fen) AS amount_fen,
               charge.current_year_fen - before.current_year_fen AS current_year_left_fen,
               charge.carried_over_fen - before.carried_over_fen AS carried_over_left_fen,
               account.status AS account_status, account.current_year_fen + account.carried_over_fen AS balance_fen,
               coalesce(pool.account_year_starts_month, 1::smallint) AS starts_month,
               a.account_key = coalesce(alias.current_person_key, charge.person_key) AS is_current
          FROM unnest(verdicts, person_keys, charge_ids, account_keys, account_ids, amounts_fen, business_dates)
               WITH ORDINALITY
               AS a (verdict, person_key, charge_id, account_key, account_id, amount_fen, business_date, ord)
          LEFT JOIN charge ON a.verdict = 'locked' AND charge.person_key = a.person_key
              AND charge.charge_id = a.charge_id
          LEFT JOIN person_alias AS alias ON alias.person_key = charge.person_key
          LEFT JOIN account ON a.verdict = 'locked' AND account.person_key = a.account_key
              AND account.account_id = a.account_id
          LEFT JOIN pool ON pool.pool_code = charge.pool_code
          LEFT JOIN LATERAL (
               SELECT coalesce(sum(charge_refund.current_year_fen), 0)::bigint AS current_year_fen,
                      coalesce(sum(charge_refund.carried_over_fen), 0)::bigint AS carried_over_fen
                 FROM charge_refund
                WHERE charge_refund.person_key = charge.person_key AND charge_refund.charge_id = charge.charge_id
               ) AS before ON true
    ), rule AS MATERIALIZED (
        SELECT asked.pool_code, asked.captured_on, charge_rule.pays_first
          FROM (SELECT DISTINCT found.pool_code, found.captured_on FROM found WHERE found.captured_on IS NOT NULL)
              AS asked
          CROSS JOIN LATERAL charge_rule_at(asked.pool_code, asked.captured_on) AS charge_rule
    ), settled AS MATERIALIZED (
        SELECT asked.provider_id, asked.business_date
          FROM (SELECT DISTINCT found.provider_id, found.business_date FROM found) AS asked
         WHERE EXISTS (SELECT FROM settlement
                        WHERE settlement.provider_id = asked.provider_id
                          AND settlement.business_date = asked.business_date AND settlement.state = 'agreed')
    )
    SELECT found.ord,
           CASE WHEN found.verdict <> 'locked' THEN found.verdict
                WHEN NOT found.is_current THEN 'deferred'
                WHEN found.state <> 'captured' THEN 'charge_not_captured'
                WHEN settled.provider_id IS NOT NULL THEN 'day_settled'
                WHEN found.amount_fen NOT BETWEEN 1 AND found.left_fen THEN 'refund_exceeds_charge'
                WHEN may.allowed IS NOT TRUE THEN 'account_' || found.account_status
                WHEN found.amount_fen > 9007199254740991 - found.balance_fen THEN 'balance_overflow'
                ELSE 'good' END,
           found.pool_code, found.amount_fen,
           CASE WHEN rule.pays_first = 'current_year'
                THEN found.amount_fen - least(found.amount_fen, found.carried_over_left_fen)
                ELSE least(found.amount_fen, found.current_year_left_fen) END,
           CASE WHEN rule.pays_first = 'current_year' THEN least(found.amount_fen, found.carried_over_left_fen)
                ELSE found.amount_fen - least(found.amount_fen, found.current_year_left_fen) END,
           CASE WHEN import_account_year(found.captured_on, found.starts_month)
                     < import_account_year(found.business_date, found.starts_month) THEN 'carried_over'
                ELSE 'current_year' END,
           found.current_year_entry_id, found.carried_over_entry_id
      FROM found
      LEFT JOIN rule ON rule.pool_code = found.pool_code AND rule.captured_on = found.captured_on
      LEFT JOIN settled ON settled.provider_id = found.provider_id AND settled.business_date = found.business_date
      LEFT JOIN account_status_rule AS may ON may.status = found.account_status AND may.operation = 'refund'
     ORDER BY found.ord;
END
$$;
COMMENT ON FUNCTION charge_refund_judge(text[], bigint[], uuid[], bigint[], uuid[], bigint[], date[]) IS
    'Judges refunds of charges whose accounts are locked; for each a status and what each part gets back';
