-- Begins withdrawals for transfers whose destination is not connected: takes the money, ready to be paid out.
-- SPDX-License-Identifier: Apache-2.0
-- For the desk's decision (move_out of machine transfer_payout). Arguments: arrays with one element for each transfer,
-- of which those whose status is `good` are done; withdrawal_ids are made by the server and end with the person's key.
-- Everything else stands in the transfer: from_account_id is emptied.
-- The payee is taken over SEALED AS IT IS, nothing is opened or sealed anew: bank_card_sealed of the transfer keeps its
-- associated data (transfer.bank_card, transfer_id), which withdrawal.bank_card_of = 'transfer' says, and the name is
-- person.name_sealed, which payee_name_of = 'person' says. Whoever reads one asks api/withdrawals/payee.h.
-- Locks: the caller has locked transfers and accounts in earlier statements. A transfer may stand there once.
-- Outcomes: one row for each member, in order. status:
--   good                 withdrawal_id is approved; amounts are what the account gave. Store withdrawal_id and amounts
--                        in the transfer. Leave the account's status alone: it is closed when the money was paid, and
--                        must stay open as long as it can come back.
--   nothing_to_withdraw  the account is empty, or there is none: nothing was begun, nothing is to be paid
--   account_<status>, withdrawal_under_way, account_has_holds   nothing was begun
--   anything else        as it was given
-- When it is paid or has come back, transfer_payout_settle is told (withdrawal_over).
CREATE OR REPLACE FUNCTION withdrawal_take_over(
    statuses text[], withdrawal_ids uuid[], person_keys bigint[], transfer_ids uuid[], instants timestamptz[],
    hash_algorithm text)
RETURNS TABLE (ord bigint, status text, amount_fen bigint, current_year_fen bigint, carried_over_fen bigint)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    judged text[] := statuses;
    amounts bigint[] := array_fill(0::bigint, ARRAY[cardinality(statuses)]);
    current_years bigint[] := amounts;
    carried_overs bigint[] := amounts;
    changed_ats timestamptz[] := instants;
    pools text[] := array_fill(NULL::text, ARRAY[cardinality(statuses)]);
    members integer := cardinality(statuses);
    one record;
    giving account;
    taken record;
BEGIN
    FOR one IN
        SELECT a.*, t.from_account_id, t.from_pool_code, t.bank_card_sealed, t.person_id, person.name_sealed
          FROM unnest(statuses, withdrawal_ids, person_keys, transfer_ids, instants) WITH ORDINALITY
               AS a (status, withdrawal_id, person_key, transfer_id, instant, ord)
          JOIN transfer AS t ON t.person_key = a.person_key AND t.transfer_id = a.transfer_id
          JOIN person ON person.person_key = a.person_key
         WHERE a.status = 'good'
         ORDER BY a.ord
    LOOP
        pools[one.ord] := one.from_pool_code;
        SELECT * INTO giving FROM account AS a
         WHERE a.person_key = one.person_key AND a.account_id = one.from_account_id;
        IF NOT FOUND THEN
            judged[one.ord] := 'nothing_to_withdraw';
            CONTINUE;
        END IF;
        judged[one.ord] := coalesce(
            withdrawal_refusal(giving, 'none', true, (one.instant AT TIME ZONE 'Asia/Shanghai')::date,
                               one.withdrawal_id, one.transfer_id),
            CASE WHEN withdrawal_holds(giving) THEN 'account_has_holds' END, 'good');
        CONTINUE WHEN judged[one.ord] <> 'good';
        SELECT * INTO taken FROM withdrawal_take(one.person_key, one.from_account_id, one.withdrawal_id, one.instant,
                                                 hash_algorithm);
        amounts[one.ord] := taken.current_year_fen + taken.carried_over_fen;
        current_years[one.ord] := taken.current_year_fen;
        carried_overs[one.ord] := taken.carried_over_fen;
        changed_ats[one.ord] := greatest(one.instant, taken.posted_at);
        INSERT INTO withdrawal (person_key, amount_fen, current_year_fen, carried_over_fen, created_at, changed_at,
                                withdrawal_id, person_id, account_id, transfer_id, pool_code, reason, state,
                                account_status, payee_kind, bank_card_sealed, bank_card_of, payee_name_sealed,
                                payee_name_of)
        VALUES (one.person_key, amounts[one.ord], taken.current_year_fen, taken.carried_over_fen, one.instant,
                changed_ats[one.ord], one.withdrawal_id, one.person_id, one.from_account_id, one.transfer_id,
                one.from_pool_code, 'destination_not_connected', 'approved', taken.account_status, 'person',
                one.bank_card_sealed, 'transfer', one.name_sealed, 'person');
    END LOOP;
    PERFORM state_record(
        'withdrawal', judged, person_keys, withdrawal_ids, pools, array_fill('take_over'::text, ARRAY[members]),
        array_fill(''::text, ARRAY[members]), array_fill('system'::text, ARRAY[members]),
        array_fill('system'::text, ARRAY[members]), array_fill(NULL::uuid, ARRAY[members]),
        array_fill(NULL::text, ARRAY[members]), array_fill(NULL::text, ARRAY[members]), changed_ats);
    RETURN QUERY
    SELECT s.ord, s.status, amounts[s.ord], current_years[s.ord], carried_overs[s.ord]
      FROM unnest(judged) WITH ORDINALITY AS s (status, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION withdrawal_take_over(text[], uuid[], bigint[], uuid[], timestamptz[], text) IS
    'Begins withdrawals for transfers whose destination is not connected: takes the money, ready to be paid out';
