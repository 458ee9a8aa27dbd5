-- Judges transfers to wallets whose sender and account are locked: what speaks against each, and which part pays.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; verdicts pass through unless `locked`. instants in business
-- time.
-- Locks: none taken. Outcomes: one row for each member, in order. status, by precedence:
--   not_possible_now           the relative is not, or not any more, a member of the account; possible says in which
--                              state
--   conflict                   the account pays for that relative directly, without a wallet
--   account_deceased, member_not_enrolled, account_closed, scheme_cannot_share   the account can be shared with that
--                              relative no longer (family_ending_reason: the sweep that ends it comes later)
--   wallet_quiet_hours         of wallet_rule, which holds on the business day
--   wallet_transfer_too_large  of wallet_rule
--   wallet_day_limit           of wallet_rule: the sender's transfers of that business day from all accounts, also
--                              those that came back
--   wallet_not_open            the relative has no wallet, or its status lets nothing in
--   account_<status>           of account_status_rule: transfer_out
--   insufficient_balance       the balance without what is held is less
--   good                       current_year_fen and carried_over_fen would leave, in the order of the pool's
--                              charge_rule
-- returns_time: of day, at which it returns on the day after.
CREATE OR REPLACE FUNCTION wallet_transfer_judge(
    verdicts text[], person_keys bigint[], account_ids uuid[], family_member_ids uuid[], amounts_fen bigint[],
    business_dates date[], instants timestamptz[])
RETURNS TABLE (ord bigint, status text, possible jsonb, pool_code text, receiver_key bigint, receiver_id uuid,
               current_year_fen bigint, carried_over_fen bigint, returns_time time)
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT a.ord,
           CASE WHEN a.verdict <> 'locked' THEN a.verdict
                WHEN member.state <> 'active' THEN 'not_possible_now'
                WHEN member.way <> 'wallet' OR limits.effective_from IS NULL THEN 'conflict'
                WHEN ended.reason IS NOT NULL
                    THEN CASE WHEN ended.reason = 'member_died' THEN 'member_not_enrolled'
                              WHEN ended.reason = 'owner_died' OR account.status = 'deceased' THEN 'account_deceased'
                              WHEN account.status = 'closed' THEN 'account_closed'
                              ELSE 'scheme_cannot_share' END
                WHEN wallet_is_quiet(limits.quiet_from, limits.quiet_until, a.instant) THEN 'wallet_quiet_hours'
                WHEN a.amount_fen > limits.transfer_max_fen THEN 'wallet_transfer_too_large'
                WHEN sent.count >= limits.transfers_a_day THEN 'wallet_day_limit'
                WHEN taking.allowed IS NOT TRUE THEN 'wallet_not_open'
                WHEN giving.allowed IS NOT TRUE
                    THEN CASE account.status WHEN 'active' THEN 'not_allowed_in_status'
                              ELSE 'account_' || account.status END
                WHEN a.amount_fen > account.current_year_fen + account.carried_over_fen - account.held_fen
                    THEN 'insufficient_balance'
                ELSE 'good' END,
           CASE WHEN member.state <> 'active' THEN state_possible('family_member', member.state) END,
           account.pool_code, member.member_person_key, member.member_id,
           CASE rule.pays_first WHEN 'carried_over' THEN a.amount_fen - least(a.amount_fen, account.carried_over_fen)
                ELSE least(a.amount_fen, account.current_year_fen) END,
           CASE rule.pays_first WHEN 'carried_over' THEN least(a.amount_fen, account.carried_over_fen)
                ELSE a.amount_fen - least(a.amount_fen, account.current_year_fen) END,
           limits.returns_at
      FROM unnest(verdicts, person_keys, account_ids, family_member_ids, amounts_fen, business_dates, instants)
           WITH ORDINALITY
           AS a (verdict, person_key, account_id, family_member_id, amount_fen, business_date, instant, ord)
      LEFT JOIN account ON a.verdict = 'locked' AND account.person_key = a.person_key
           AND account.account_id = a.account_id
      LEFT JOIN family_member AS member ON a.verdict = 'locked' AND member.person_key = a.person_key
           AND member.family_member_id = a.family_member_id AND member.account_id = a.account_id
      LEFT JOIN LATERAL (SELECT family_ending_reason(member) AS reason) AS ended ON member.state = 'active'
      LEFT JOIN account AS wallet ON wallet.person_key = member.member_person_key AND wallet.pool_code = '000000'
      LEFT JOIN account_status_rule AS taking ON taking.status = wallet.status AND taking.operation = 'take_in'
      LEFT JOIN account_status_rule AS giving ON giving.status = account.status AND giving.operation = 'transfer_out'
      LEFT JOIN LATERAL wallet_rule_at(a.business_date) AS limits ON a.verdict = 'locked'
      LEFT JOIN LATERAL charge_rule_at(account.pool_code, a.business_date) AS rule ON a.verdict = 'locked'
      LEFT JOIN LATERAL (SELECT count(*) AS count FROM wallet_transfer
                          WHERE wallet_transfer.person_key = a.person_key
                            AND wallet_transfer.business_date = a.business_date) AS sent ON a.verdict = 'locked'
     ORDER BY a.ord;
END
$$;
COMMENT ON FUNCTION wallet_transfer_judge(text[], bigint[], uuid[], uuid[], bigint[], date[], timestamptz[]) IS
    'Judges transfers to wallets whose sender and account are locked; for each a status and which part pays how much';
