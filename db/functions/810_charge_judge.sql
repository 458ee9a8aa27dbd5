-- Judges charges whose accounts are locked: what speaks against each, and which part of the balance would pay.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each charge; claims are verdicts of account_claim; expires_at null: no hold.
-- Locks: none taken. Outcomes: one row for each member, in order. status is null where the claim is, by precedence:
--   deferred               the account is somebody else's for the moment
--   not_found              no such account, or in a pool where the provider does not serve
--   provider_not_designated  the provider is none any more
--   day_settled            the day is agreed with the provider, and final: the clock that gave it is slow
--   usage_not_allowed      not at institutions of its type, or not in this pool
--   hold_expired, hold_too_long  of a hold: not after now and the newest entry, or longer than the pool's rule allows
--   account_suspended, account_frozen, account_deceased, account_closed  of account_status_rule
--   insufficient_balance   more than balance less what is held
--   account_day_limit, provider_day_limit  with what was charged that day it would be above the rule's
--   good                   current_year_fen and carried_over_fen would pay; balance_after_fen where the rule shows it
CREATE OR REPLACE FUNCTION charge_judge(
    claims text[], provider_ids uuid[], person_keys bigint[], account_ids uuid[], usages text[], amounts_fen bigint[],
    expires_ats timestamptz[], business_dates date[], instant timestamptz)
RETURNS TABLE (ord bigint, status text, pool_code text, current_year_fen bigint, carried_over_fen bigint,
               balance_after_fen bigint)
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT a.*, account.pool_code, account.status AS account_status, account.current_year_fen,
               account.carried_over_fen, account.current_year_fen + account.carried_over_fen AS balance_fen,
               account.held_fen, account.last_posted_at, client.state AS client_state, client.regions,
               provider.institution_type
          FROM unnest(claims, provider_ids, person_keys, account_ids, usages, amounts_fen, expires_ats, business_dates)
               WITH ORDINALITY AS a (claim, provider_id, person_key, account_id, usage, amount_fen, expires_at,
                                     business_date, ord)
          LEFT JOIN account ON a.claim = 'locked' AND account.person_key = a.person_key
               AND account.account_id = a.account_id
          LEFT JOIN client ON client.client_id = a.provider_id
          LEFT JOIN provider ON provider.provider_id = a.provider_id
    ), rule AS MATERIALIZED (
        SELECT asked.pool_code, asked.business_date, charge_rule.pays_first, charge_rule.account_day_limit_fen,
               charge_rule.provider_day_limit_fen, charge_rule.hold_max_hours, charge_rule.shows_balance
          FROM (SELECT DISTINCT found.pool_code, found.business_date FROM found
                WHERE found.pool_code IS NOT NULL) AS asked
          CROSS JOIN LATERAL charge_rule_at(asked.pool_code, asked.business_date) AS charge_rule
    ), permission AS MATERIALIZED (
        SELECT asked.*, usage_is_allowed(asked.pool_code, asked.institution_type, asked.usage) AS is_allowed
          FROM (SELECT DISTINCT found.pool_code, found.institution_type, found.usage FROM found) AS asked
    ), settled AS MATERIALIZED (
        SELECT asked.provider_id, asked.business_date
          FROM (SELECT DISTINCT found.provider_id, found.business_date FROM found) AS asked
         WHERE EXISTS (SELECT FROM settlement
                        WHERE settlement.provider_id = asked.provider_id
                          AND settlement.business_date = asked.business_date AND settlement.state = 'agreed')
    )
    SELECT found.ord,
           CASE WHEN found.claim = 'deferred' THEN 'deferred'
                WHEN found.claim IS NULL THEN NULL
                WHEN found.pool_code IS NULL OR NOT regions_cover(found.regions, found.pool_code) THEN 'not_found'
                WHEN found.client_state <> 'active' OR found.institution_type IS NULL THEN 'provider_not_designated'
                WHEN settled.provider_id IS NOT NULL THEN 'day_settled'
                WHEN permission.is_allowed IS NOT TRUE THEN 'usage_not_allowed'
                WHEN found.expires_at <= greatest(instant, found.last_posted_at) THEN 'hold_expired'
                WHEN found.expires_at > instant + make_interval(hours => rule.hold_max_hours) THEN 'hold_too_long'
                WHEN may.allowed IS NOT TRUE OR (found.account_status = 'suspended' AND EXISTS (
                         SELECT FROM coverage_rule_at(found.pool_code, 'employee', found.business_date) AS coverage
                          WHERE NOT coverage.usable_while_suspended)) THEN 'account_' || found.account_status
                WHEN found.amount_fen > found.balance_fen - found.held_fen THEN 'insufficient_balance'
                WHEN spent.all_fen + found.amount_fen > rule.account_day_limit_fen THEN 'account_day_limit'
                WHEN spent.provider_fen + found.amount_fen > rule.provider_day_limit_fen THEN 'provider_day_limit'
                ELSE 'good' END,
           found.pool_code,
           CASE WHEN found.expires_at IS NOT NULL THEN 0 WHEN rule.pays_first = 'current_year'
                THEN least(found.amount_fen, found.current_year_fen)
                ELSE found.amount_fen - least(found.amount_fen, found.carried_over_fen) END,
           CASE WHEN found.expires_at IS NOT NULL THEN 0 WHEN rule.pays_first = 'current_year'
                THEN found.amount_fen - least(found.amount_fen, found.current_year_fen)
                ELSE least(found.amount_fen, found.carried_over_fen) END,
           CASE WHEN rule.shows_balance THEN
                    found.balance_fen - CASE WHEN found.expires_at IS NULL THEN found.amount_fen ELSE 0 END END
      FROM found
      LEFT JOIN rule ON rule.pool_code = found.pool_code AND rule.business_date = found.business_date
      LEFT JOIN permission ON permission.pool_code = found.pool_code
           AND permission.institution_type = found.institution_type AND permission.usage = found.usage
      LEFT JOIN settled ON settled.provider_id = found.provider_id AND settled.business_date = found.business_date
      LEFT JOIN account_status_rule AS may ON may.status = found.account_status
           AND may.operation = CASE WHEN found.expires_at IS NULL THEN 'spend' ELSE 'hold' END
      LEFT JOIN LATERAL (
           SELECT coalesce(sum(day.fen), 0) AS all_fen,
                  coalesce(sum(day.fen) FILTER (WHERE day.provider_id = found.provider_id), 0) AS provider_fen
             FROM (SELECT charge.provider_id,
                          CASE charge.state WHEN 'held' THEN charge.amount_fen - charge.shared_fen
                               ELSE charge.captured_fen - charge.shared_captured_fen END AS fen
                     FROM charge
                    WHERE charge.person_key = found.person_key AND charge.account_id = found.account_id
                      AND charge.business_date = found.business_date
                      AND (rule.account_day_limit_fen IS NOT NULL OR rule.provider_day_limit_fen IS NOT NULL)
                   UNION ALL
                   SELECT share.provider_id, CASE share.state WHEN 'held' THEN share.amount_fen
                                                  ELSE share.captured_fen END
                     FROM charge_share AS share
                    WHERE share.person_key = found.person_key AND share.account_id = found.account_id
                      AND share.business_date = found.business_date
                      AND (rule.account_day_limit_fen IS NOT NULL OR rule.provider_day_limit_fen IS NOT NULL)) AS day
           ) AS spent ON true
     ORDER BY found.ord;
END
$$;
COMMENT ON FUNCTION charge_judge(text[], uuid[], bigint[], uuid[], text[], bigint[], timestamptz[], date[],
    timestamptz) IS
    'Judges charges whose accounts are locked: for each a status (docs/charges.md) and which parts would pay';
