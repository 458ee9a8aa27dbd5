-- Judges the capture of one hold over several payers, whose accounts are locked, and splits it among them.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: amount null: all that is held; instant: the batch's; tick: where the ids of entries of shares begin.
-- Locks: none taken. Outcomes: status as charge_capture_judge has it, and with `good` the row of the charge, alone in
-- an array, and those of its shares as they are to be. The account
-- that was charged pays first, then the others in their order, each no more than is held of it. Another payer that may
-- not pay any more leaves it to those behind it; insufficient_balance: what they hold does not make up for that.
CREATE OR REPLACE FUNCTION shared_charge_capture_judge(
    asked_person_key bigint, asked_charge_id uuid, asked_fen bigint, asked_day date, instant timestamptz, tick bigint,
    current_year_entry_id uuid, carried_over_entry_id uuid, OUT status text, OUT charges charge[],
    OUT shares charge_share[], OUT balance_after_fen bigint)
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    captured charge;
    payer account;
    share charge_share;
    rule charge_rule;
    rest_fen bigint;
    own_fen bigint := 0;
    newest timestamptz;
BEGIN
    shares := ARRAY[]::charge_share[];
    SELECT * INTO captured FROM charge WHERE charge.person_key = asked_person_key
           AND charge.charge_id = asked_charge_id;
    newest := greatest(instant, (SELECT max(account.last_posted_at)
                                   FROM charge_accounts(ARRAY[asked_person_key], ARRAY[asked_charge_id]) AS mine
                                   JOIN account ON account.person_key = mine.account_key
                                        AND account.account_id = mine.account_id));
    rest_fen := coalesce(asked_fen, captured.amount_fen);
    status := CASE
        WHEN captured.state = 'expired' OR (captured.state = 'held' AND captured.expires_at <= newest)
             THEN 'hold_expired'
        WHEN captured.state <> 'held' THEN 'charge_not_held'
        WHEN rest_fen NOT BETWEEN 1 AND captured.amount_fen THEN 'capture_exceeds_hold'
        WHEN NOT EXISTS (SELECT FROM provider JOIN client ON client.client_id = provider.provider_id
                          WHERE provider.provider_id = captured.provider_id AND client.state = 'active')
            THEN 'provider_not_designated'
        WHEN EXISTS (SELECT FROM settlement WHERE settlement.provider_id = captured.provider_id
                        AND settlement.business_date = asked_day AND settlement.state = 'agreed') THEN 'day_settled'
        WHEN captured.amount_fen > captured.shared_fen
            THEN coalesce(account_refusal(captured.person_key, captured.account_id, 'spend', asked_day), 'good')
        ELSE 'good' END;
    IF status <> 'good' THEN
        RETURN;
    END IF;
    captured.captured_fen := rest_fen;
    captured.captured_on := asked_day;
    captured.state := 'captured';
    IF captured.account_id IS NOT NULL THEN
        SELECT * INTO payer FROM account
         WHERE account.person_key = captured.person_key AND account.account_id = captured.account_id;
        SELECT * INTO rule FROM charge_rule_at(captured.pool_code, asked_day);
        own_fen := least(rest_fen, captured.amount_fen - captured.shared_fen);
        captured.current_year_fen := CASE rule.pays_first
                                          WHEN 'current_year' THEN least(own_fen, payer.current_year_fen)
                                          ELSE own_fen - least(own_fen, payer.carried_over_fen) END;
        captured.carried_over_fen := own_fen - captured.current_year_fen;
        captured.current_year_entry_id := CASE WHEN captured.current_year_fen > 0 THEN current_year_entry_id END;
        captured.carried_over_entry_id := CASE WHEN captured.carried_over_fen > 0 THEN carried_over_entry_id END;
        balance_after_fen := CASE WHEN rule.shows_balance
                                  THEN payer.current_year_fen + payer.carried_over_fen - own_fen END;
    END IF;
    rest_fen := rest_fen - own_fen;
    captured.shared_captured_fen := rest_fen;
    FOR share IN
        SELECT * FROM charge_share WHERE charge_share.charge_id = asked_charge_id ORDER BY charge_share.position
    LOOP
        SELECT * INTO payer FROM account
         WHERE account.person_key = share.person_key AND account.account_id = share.account_id;
        SELECT * INTO rule FROM charge_rule_at(share.pool_code, asked_day);
        share := charge_share_taken(
            share, CASE WHEN account_refusal(share.person_key, share.account_id, 'spend', asked_day) IS NULL
                        THEN least(rest_fen, share.amount_fen) ELSE 0 END,
            rule.pays_first, payer.current_year_fen, payer.carried_over_fen, asked_day, tick + 3 * share.position);
        rest_fen := rest_fen - share.captured_fen;
        shares := shares || share;
    END LOOP;
    IF rest_fen > 0 THEN
        status := 'insufficient_balance';
    END IF;
    charges := ARRAY[captured];
END
$$;
COMMENT ON FUNCTION shared_charge_capture_judge(bigint, uuid, bigint, date, timestamptz, bigint, uuid, uuid) IS
    'Judges the capture of one hold over several payers, and splits it among them';
