-- Judges what the account that is charged pays of charges that have other payers too,
-- and charges of people without one.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each charge; claims: `deferred` where a payer's account is somebody else's for
-- the moment, else the verdict of account_claim on the account, null without one. pools: of the account, or of the
-- person.
-- Locks: none taken. Outcomes: one row for each charge, in order. status is that of charge_judge, but that all the
-- account has is judged where it has less; null where neither account nor pool was asked for. own_fen is what it pays.
CREATE OR REPLACE FUNCTION charge_own_judge(
    claims text[], provider_ids uuid[], person_keys bigint[], account_ids uuid[], pools text[], usages text[],
    amounts_fen bigint[], expires_ats timestamptz[], business_dates date[], instant timestamptz)
RETURNS TABLE (ord bigint, status text, pool_code text, own_fen bigint, current_year_fen bigint,
               carried_over_fen bigint, balance_after_fen bigint)
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    own bigint[];
BEGIN
    SELECT array_agg(CASE WHEN a.claim = 'locked' THEN
                         least(a.amount_fen, account.current_year_fen + account.carried_over_fen - account.held_fen)
                     ELSE 0 END ORDER BY a.ord) INTO own
      FROM unnest(claims, person_keys, account_ids, amounts_fen) WITH ORDINALITY
           AS a (claim, person_key, account_id, amount_fen, ord)
      LEFT JOIN account ON account.person_key = a.person_key AND account.account_id = a.account_id;
    RETURN QUERY
    SELECT judged.ord,
           CASE WHEN judged.status IS NOT NULL OR a.account_id IS NOT NULL OR a.claim = 'deferred' THEN judged.status
                WHEN a.pool_code IS NULL THEN 'not_found'
                WHEN client.state <> 'active' OR provider.provider_id IS NULL THEN 'provider_not_designated'
                WHEN EXISTS (SELECT FROM settlement
                              WHERE settlement.provider_id = a.provider_id AND settlement.state = 'agreed'
                                AND settlement.business_date = a.business_date) THEN 'day_settled'
                WHEN NOT usage_is_allowed(a.pool_code, provider.institution_type, a.usage) THEN 'usage_not_allowed'
                WHEN a.expires_at <= instant THEN 'hold_expired'
                WHEN a.expires_at > instant + make_interval(hours => rule.hold_max_hours) THEN 'hold_too_long'
                ELSE 'good' END,
           coalesce(judged.pool_code, a.pool_code), own[judged.ord], coalesce(judged.current_year_fen, 0),
           coalesce(judged.carried_over_fen, 0), judged.balance_after_fen
      FROM charge_judge(claims, provider_ids, person_keys, account_ids, usages, own, expires_ats,
                        business_dates, instant)
           AS judged
      JOIN unnest(claims, provider_ids, account_ids, pools, usages, expires_ats, business_dates) WITH ORDINALITY
           AS a (claim, provider_id, account_id, pool_code, usage, expires_at, business_date, ord)
           ON a.ord = judged.ord
      LEFT JOIN client ON client.client_id = a.provider_id
      LEFT JOIN provider ON provider.provider_id = a.provider_id
      LEFT JOIN LATERAL charge_rule_at(a.pool_code, a.business_date) AS rule ON a.account_id IS NULL
     ORDER BY judged.ord;
END
$$;
COMMENT ON FUNCTION charge_own_judge(text[], uuid[], bigint[], uuid[], text[], text[], bigint[], timestamptz[], date[],
    timestamptz) IS
    'Judges what the account that is charged pays of charges with other payers, and charges of people without one';
