-- Judges captures of holds whose accounts are locked: what speaks against each, and which part of the balance pays.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; verdicts are those of charge_claim, and pass through unless
-- `locked`. amounts_fen null: all that is held.
-- Locks: none taken. Outcomes: one row for each member, in order. status, by precedence:
--   hold_expired             it is past its time, swept or not, at the instant at which it would be posted
--   charge_not_held          it was captured or voided before
--   capture_exceeds_hold     more than is held
--   provider_not_designated  the provider is none any more
--   day_settled              the day is agreed with the provider, and final: the clock that gave it is slow
--   account_suspended, account_frozen, account_deceased, account_closed, account_spend_only
--                            of account_status_rule: spend
--   good                     captured_fen would be taken, by current_year_fen and carried_over_fen, and held_fen
--                            released; balance_after_fen where the pool's rule shows it
-- What is held is never more than the balance, so a capture never lacks money; the limits of the day counted it.
CREATE OR REPLACE FUNCTION charge_capture_judge(
    verdicts text[], provider_ids uuid[], person_keys bigint[], charge_ids uuid[], amounts_fen bigint[],
    business_dates date[], instant timestamptz)
RETURNS TABLE (ord bigint, status text, account_id uuid, pool_code text, charge_no text, held_fen bigint,
               captured_fen bigint, current_year_fen bigint, carried_over_fen bigint, balance_after_fen bigint)
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT a.ord, a.verdict, a.provider_id, a.business_date, charge.account_id, charge.pool_code, charge.charge_no,
               charge.state, charge.expires_at <= greatest(instant, account.last_posted_at) AS is_over,
               charge.amount_fen AS held_fen, coalesce(a.amount_fen, charge.amount_fen) AS captured_fen,
               account.status AS account_status, account.current_year_fen, account.carried_over_fen,
               client.state = 'active' AND provider.provider_id IS NOT NULL AS is_designated
          FROM unnest(verdicts, provider_ids, person_keys, charge_ids, amounts_fen, business_dates) WITH ORDINALITY
               AS a (verdict, provider_id, person_key, charge_id, amount_fen, business_date, ord)
          LEFT JOIN charge ON a.verdict = 'locked' AND charge.person_key = a.person_key
              AND charge.charge_id = a.charge_id
          LEFT JOIN account ON account.person_key = charge.person_key AND account.account_id = charge.account_id
          LEFT JOIN client ON client.client_id = a.provider_id
          LEFT JOIN provider ON provider.provider_id = a.provider_id
    ), rule AS MATERIALIZED (
        SELECT asked.pool_code, asked.business_date, charge_rule.pays_first, charge_rule.shows_balance
          FROM (SELECT DISTINCT found.pool_code, found.business_date FROM found WHERE found.pool_code IS NOT NULL)
              AS asked
          CROSS JOIN LATERAL charge_rule_at(asked.pool_code, asked.business_date) AS charge_rule
    ), settled AS MATERIALIZED (
        SELECT asked.provider_id, asked.business_date
          FROM (SELECT DISTINCT found.provider_id, found.business_date FROM found) AS asked
         WHERE EXISTS (SELECT FROM settlement
                        WHERE settlement.provider_id = asked.provider_id
                          AND settlement.business_date = asked.business_date AND settlement.state = 'agreed')
    )
    SELECT found.ord,
           CASE WHEN found.verdict <> 'locked' THEN found.verdict
                WHEN found.state = 'expired' OR (found.state = 'held' AND found.is_over) THEN 'hold_expired'
                WHEN found.state <> 'held' THEN 'charge_not_held'
                WHEN found.captured_fen NOT BETWEEN 1 AND found.held_fen THEN 'capture_exceeds_hold'
                WHEN found.is_designated IS NOT TRUE THEN 'provider_not_designated'
                WHEN settled.provider_id IS NOT NULL THEN 'day_settled'
                WHEN may.allowed IS NOT TRUE OR (found.account_status = 'suspended' AND EXISTS (
                         SELECT FROM coverage_rule_at(found.pool_code, 'employee', found.business_date) AS coverage
                          WHERE NOT coverage.usable_while_suspended)) THEN 'account_' || found.account_status
                ELSE 'good' END,
           found.account_id, found.pool_code, found.charge_no, found.held_fen, found.captured_fen,
           CASE WHEN rule.pays_first = 'current_year' THEN least(found.captured_fen, found.current_year_fen)
                ELSE found.captured_fen - least(found.captured_fen, found.carried_over_fen) END,
           CASE WHEN rule.pays_first = 'current_year'
                THEN found.captured_fen - least(found.captured_fen, found.current_year_fen)
                ELSE least(found.captured_fen, found.carried_over_fen) END,
           CASE WHEN rule.shows_balance THEN found.current_year_fen + found.carried_over_fen - found.captured_fen END
      FROM found
      LEFT JOIN rule ON rule.pool_code = found.pool_code AND rule.business_date = found.business_date
      LEFT JOIN settled ON settled.provider_id = found.provider_id AND settled.business_date = found.business_date
      LEFT JOIN account_status_rule AS may ON may.status = found.account_status AND may.operation = 'spend'
     ORDER BY found.ord;
END
$$;
COMMENT ON FUNCTION charge_capture_judge(text[], uuid[], bigint[], uuid[], bigint[], date[], timestamptz) IS
    'Judges captures of holds whose accounts are locked; for each a status and the parts of the balance that would pay';
