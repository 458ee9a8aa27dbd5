-- Takes the money of one transfer out of the old account, as transfer_money says: into transit, to the bank, or not.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the caller has locked the transfer and the account in earlier statements, and judged (transfer_out_fault).
-- moves: interest is settled first, then the whole balance goes into transit part by part, operation transfer_id.
-- paid_out: a withdrawal takes it (withdrawal_take_over); where the account is empty there is none, and no
-- withdrawal_id.
-- Outcomes: one row. status: good, or with nothing done balance_overflow of interest_settle or a refusal of
-- withdrawal_take_over. What each part gave, fen.
CREATE OR REPLACE FUNCTION transfer_money_out(
    asked transfer, money text, new_withdrawal_id uuid, instant timestamptz, hash_algorithm text)
RETURNS TABLE (status text, current_year_fen bigint, carried_over_fen bigint, withdrawal_id uuid)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
    status := 'good';
    current_year_fen := 0;
    carried_over_fen := 0;
    IF money = 'moves' THEN
        SELECT coalesce(settled.refusal, 'good') INTO status
          FROM interest_settle(asked.person_key, asked.from_account_id, asked.transfer_id, instant, hash_algorithm)
               AS settled;
        IF status = 'good' THEN
            SELECT account.current_year_fen, account.carried_over_fen INTO current_year_fen, carried_over_fen
              FROM account
             WHERE account.person_key = asked.person_key AND account.account_id = asked.from_account_id;
            status := transfer_post(
                asked.person_key, asked.from_account_id, asked.from_pool_code, 'transfer_out', asked.transfer_id,
                '{current_year,carried_over}', ARRAY[current_year_fen, carried_over_fen], NULL, asked.to_pool_code,
                instant, hash_algorithm);
            ASSERT status = 'good';
        END IF;
    ELSIF money = 'paid_out' THEN
        SELECT taken.status, coalesce(taken.current_year_fen, 0), coalesce(taken.carried_over_fen, 0)
          INTO STRICT status, current_year_fen, carried_over_fen
          FROM withdrawal_take_over('{good}', ARRAY[new_withdrawal_id], ARRAY[asked.person_key],
                                    ARRAY[asked.transfer_id], ARRAY[instant], hash_algorithm) AS taken;
        withdrawal_id := CASE status WHEN 'good' THEN new_withdrawal_id END;
        status := CASE status WHEN 'nothing_to_withdraw' THEN 'good' ELSE status END;
    END IF;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION transfer_money_out(transfer, text, uuid, timestamptz, text) IS
    'Takes the money of one transfer out of the old account: into transit, to the bank, or not; what each part gave';
