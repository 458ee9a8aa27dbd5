-- Which way a transfer would go, why, and all that speaks against it.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the person; the pool (transfer_pool_of) and scheme to go to; whether a bank card was given; the
-- business day. Locks none; whoever acts on it has locked the person in an earlier statement, as all do who enrol
-- somebody.
-- Outcomes: one row. way: null where nothing can be transferred. reasons, of the way: same_pool, same_province,
-- other_province, destination_not_connected; then of the money:
--   no_account, resident_destination, pooled_only_destination.
-- refusals, by precedence: conflict (the record was merged), transfer_under_way, nothing_to_transfer, retired_stays,
--   bank_card_needed, withdrawal_under_way, account_<status> (account_status_rule: transfer_out), account_deceased.
-- warnings: account_has_holds (what is held when the desk lets it go would have to end first). withdrawal_reason:
-- of a withdrawal that fits instead, or follows; null: none.
CREATE OR REPLACE FUNCTION transfer_plan(
    asked_person_key bigint, to_pool_code text, to_scheme text, has_bank_card boolean, today date)
RETURNS TABLE (
    from_enrolment_id uuid, from_enrolment_status text, from_pool_code text, from_scheme text, from_account_id uuid,
    balance_fen bigint, to_enrolment_id uuid, way text, money text, reasons text[], refusals text[], warnings text[],
    withdrawal_reason text)
LANGUAGE plpgsql STABLE ROWS 1 AS $$
#variable_conflict use_column
DECLARE
    old enrolment;
    new enrolment;
    giving account;
    is_retired boolean;
    is_far boolean;
    is_dead boolean := (SELECT person.deceased_on IS NOT NULL FROM person WHERE person.person_key = asked_person_key);
BEGIN
    SELECT * INTO old FROM transfer_from(asked_person_key, to_pool_code, to_scheme);
    SELECT * INTO new FROM enrolment
     WHERE enrolment.person_key = asked_person_key AND enrolment.pool_code = transfer_plan.to_pool_code
       AND enrolment.scheme = to_scheme AND enrolment.status IN ('pending_in', 'active', 'suspended')
     ORDER BY enrolment.status <> 'pending_in', enrolment.status <> 'active', enrolment.started_on DESC LIMIT 1;
    SELECT * INTO giving FROM account
     WHERE account.person_key = asked_person_key AND account.pool_code = old.pool_code AND old.scheme = 'employee'
       AND account.status <> 'closed';
    is_far := left(old.pool_code, 2) <> left(to_pool_code, 2);
    is_retired := coalesce(old.retired_on <= today, false);
    way := CASE WHEN old.pool_code IS NULL THEN NULL
                WHEN old.pool_code = to_pool_code THEN 'scheme_only'
                WHEN NOT is_far THEN 'in_province'
                WHEN transfer_money('cross_province', giving.account_id, to_scheme, new.account_mode) = 'moves'
                     AND NOT (SELECT pool.connected FROM pool WHERE pool.pool_code = transfer_plan.to_pool_code)
                     THEN 'payout'
                ELSE 'cross_province' END;
    money := CASE WHEN way IS NOT NULL THEN transfer_money(way, giving.account_id, to_scheme, new.account_mode) END;
    reasons := array_remove(ARRAY[
        CASE way WHEN 'scheme_only' THEN 'same_pool' WHEN 'in_province' THEN 'same_province' END,
        CASE WHEN way IN ('cross_province', 'payout') THEN 'other_province' END,
        CASE way WHEN 'payout' THEN 'destination_not_connected' END,
        CASE money WHEN 'none' THEN 'no_account' END,
        CASE WHEN money = 'stays' AND is_far AND to_scheme = 'resident' THEN 'resident_destination' END,
        CASE WHEN money = 'stays' AND is_far AND to_scheme = 'employee' THEN 'pooled_only_destination' END], NULL);
    refusals := array_remove(ARRAY[
        CASE WHEN EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = asked_person_key)
             THEN 'conflict' END,
        CASE WHEN EXISTS (SELECT FROM transfer WHERE transfer.person_key = asked_person_key
                                                 AND transfer.ended_at IS NULL) THEN 'transfer_under_way' END,
        CASE WHEN way IS NULL THEN 'nothing_to_transfer' END,
        CASE WHEN is_retired THEN 'retired_stays' END,
        CASE WHEN way = 'payout' AND NOT has_bank_card THEN 'bank_card_needed' END,
        CASE WHEN EXISTS (SELECT FROM withdrawal
                           WHERE withdrawal.person_key = asked_person_key AND withdrawal.ended_at IS NULL
                             AND (withdrawal.account_id = giving.account_id
                                  OR (withdrawal.pool_code = transfer_plan.to_pool_code AND to_scheme = 'employee')))
             THEN 'withdrawal_under_way' END,
        (SELECT 'account_' || giving.status
           FROM account_status_rule AS rule
          WHERE rule.status = giving.status AND rule.operation = 'transfer_out' AND NOT rule.allowed
            AND NOT (is_dead AND giving.status = 'deceased')),
        CASE WHEN is_dead THEN 'account_deceased' END], NULL);
    warnings := array_remove(ARRAY[
        CASE WHEN giving.held_fen > 0 AND money IN ('moves', 'paid_out') THEN 'account_has_holds' END], NULL);
    withdrawal_reason := CASE
        WHEN is_retired THEN CASE WHEN is_far AND giving.account_id IS NOT NULL THEN 'resettled_retiree' END
        WHEN money = 'paid_out' THEN 'destination_not_connected'
        WHEN money = 'stays' AND to_scheme = 'resident'
             AND (SELECT rule.withdraws_on_resident FROM transfer_rule_at(old.pool_code, today) AS rule)
             THEN 'resident_scheme' END;
    from_enrolment_id := old.enrolment_id;
    from_enrolment_status := old.status;
    from_pool_code := old.pool_code;
    from_scheme := old.scheme;
    from_account_id := giving.account_id;
    balance_fen := giving.current_year_fen + giving.carried_over_fen;
    to_enrolment_id := new.enrolment_id;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION transfer_plan(bigint, text, text, boolean, date) IS
    'Which way a transfer would go, why, what becomes of the money, and all that speaks against it';
