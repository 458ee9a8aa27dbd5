-- Judges the refund of one charge with several payers, whose accounts are locked, and splits it among them.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: asked: the row of the refund as it is asked for, without parts; amount null: all that is left. tick: where
-- ids begin, three for each share. current_year_id and carried_over_id: of entries on the account that was charged.
-- Locks: none taken. Outcomes: status as charge_refund_judge has it, and with `good` the row of the refund, alone in an
-- array, and those of its parts as they are to be. Who paid last
-- is given back first: the other payers in reverse order, then the account that was charged; within each the part that
-- did not pay first. Whose account takes nothing back (closed) is passed over, and the others get theirs; what is asked
-- for beyond that is refused whole with that account's code. links:
-- the entries of the charge that refund's two entries give back.
CREATE OR REPLACE FUNCTION shared_refund_judge(
    asked charge_refund, tick bigint, current_year_id uuid, carried_over_id uuid, OUT status text,
    OUT refunds charge_refund[], OUT parts charge_share_refund[], OUT links uuid[])
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    of_charge charge;
    share charge_share;
    part charge_share_refund;
    payer record;
    rest_fen bigint;
    refused text;
    fen bigint;
    split record;
BEGIN
    parts := ARRAY[]::charge_share_refund[];
    SELECT * INTO of_charge FROM charge
     WHERE charge.person_key = asked.person_key AND charge.charge_id = asked.charge_id;
    asked.pool_code := of_charge.pool_code;
    asked.amount_fen := coalesce(asked.amount_fen, of_charge.captured_fen - of_charge.refunded_fen);
    links := ARRAY[of_charge.current_year_entry_id, of_charge.carried_over_entry_id];
    status := CASE
        WHEN of_charge.state <> 'captured' THEN 'charge_not_captured'
        WHEN EXISTS (SELECT FROM settlement WHERE settlement.provider_id = asked.provider_id
                        AND settlement.business_date = asked.business_date AND settlement.state = 'agreed')
            THEN 'day_settled'
        WHEN asked.amount_fen NOT BETWEEN 1 AND of_charge.captured_fen - of_charge.refunded_fen
            THEN 'refund_exceeds_charge'
        ELSE 'good' END;
    rest_fen := asked.amount_fen;
    FOR payer IN
        SELECT mine.place, mine.share_id, mine.account_key, mine.account_id, account.pool_code,
               account.current_year_fen + account.carried_over_fen AS balance_fen,
               account_refusal(mine.account_key, mine.account_id, 'refund', asked.business_date) AS refusal
          FROM charge_accounts(ARRAY[asked.person_key], ARRAY[asked.charge_id]) AS mine
          JOIN account ON account.person_key = mine.account_key AND account.account_id = mine.account_id
         ORDER BY mine.place DESC
    LOOP
        EXIT WHEN status <> 'good';
        CONTINUE WHEN rest_fen = 0 AND payer.place > 0;
        SELECT * INTO share FROM charge_share
         WHERE charge_share.charge_id = asked.charge_id AND charge_share.share_id = payer.share_id;
        fen := least(rest_fen, CASE payer.place WHEN 0 THEN (
                   SELECT of_charge.captured_fen - of_charge.refunded_fen + of_charge.shared_refunded_fen
                          - coalesce(sum(other.captured_fen), 0)
                     FROM charge_share AS other WHERE other.charge_id = asked.charge_id)
                   ELSE share.captured_fen - share.refunded_fen END);
        IF payer.refusal IS NOT NULL AND fen > 0 THEN
            refused := coalesce(refused, payer.refusal);
            asked.passed_over := asked.passed_over || payer.place;
            fen := 0;
        END IF;
        SELECT * INTO split
          FROM refund_split(fen, asked.person_key, asked.charge_id, share.person_key, share.share_id, payer.pool_code,
                            of_charge.captured_on, asked.business_date);
        IF payer.place = 0 THEN
            asked.account_person_key := payer.account_key;
            asked.account_id := payer.account_id;
            asked.shared_fen := asked.amount_fen - fen;
            asked.current_year_fen := split.current_year_fen;
            asked.carried_over_fen := split.carried_over_fen;
            asked.current_year_into := split.current_year_into;
            asked.current_year_entry_id := CASE WHEN split.current_year_fen > 0 THEN current_year_id END;
            asked.carried_over_entry_id := CASE WHEN split.carried_over_fen > 0 THEN carried_over_id END;
        END IF;
        CONTINUE WHEN fen = 0;
        status := CASE WHEN fen > 9007199254740991 - payer.balance_fen THEN 'balance_overflow' ELSE 'good' END;
        rest_fen := rest_fen - fen;
        CONTINUE WHEN payer.place = 0;
        part.person_key := share.person_key;
        part.share_refund_id := person_id_at(share.person_key, tick + 3 * payer.place);
        part.refund_id := asked.refund_id;
        part.share_id := share.share_id;
        part.amount_fen := fen;
        part.current_year_fen := split.current_year_fen;
        part.carried_over_fen := split.carried_over_fen;
        part.current_year_into := split.current_year_into;
        part.account_person_key := payer.account_key;
        part.account_id := payer.account_id;
        part.pool_code := payer.pool_code;
        part.business_date := asked.business_date;
        part.current_year_entry_id := CASE WHEN split.current_year_fen > 0
                                           THEN person_id_at(payer.account_key, tick + 3 * payer.place + 1) END;
        part.carried_over_entry_id := CASE WHEN split.carried_over_fen > 0
                                           THEN person_id_at(payer.account_key, tick + 3 * payer.place + 2) END;
        parts := parts || part;
    END LOOP;
    status := CASE WHEN status = 'good' AND rest_fen > 0 THEN refused ELSE status END;
    IF asked.account_id IS NULL THEN
        asked.account_person_key := coalesce((SELECT alias.current_person_key FROM person_alias AS alias
                                               WHERE alias.person_key = asked.person_key), asked.person_key);
        asked.shared_fen := asked.amount_fen;
        asked.current_year_fen := 0;
        asked.carried_over_fen := 0;
        asked.current_year_into := 'current_year';
    END IF;
    refunds := ARRAY[asked];
END
$$;
COMMENT ON FUNCTION shared_refund_judge(charge_refund, bigint, uuid, uuid) IS
    'Judges the refund of one charge with several payers, and splits it among them';
