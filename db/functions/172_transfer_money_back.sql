-- Brings the money of one transfer back from transit into the account that it left, and gives that its status again.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the caller has locked the transfer and the account in earlier statements. An account that somebody reopened
-- meanwhile keeps its status; one that has to be active is spend_only where another one receives now, and that of
-- somebody who has died is deceased.
-- Outcomes: good, or balance_overflow with nothing done.
CREATE OR REPLACE FUNCTION transfer_money_back(asked transfer, instant timestamptz, hash_algorithm text) RETURNS text
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    was text := asked.from_account_status;
    today date := (instant AT TIME ZONE 'Asia/Shanghai')::date;
    new_id uuid := person_id_at(asked.person_key, person_id_tick());
    gone record;
    status text;
BEGIN
    IF asked.from_account_id IS NULL OR was IS NULL THEN
        RETURN 'good';
    END IF;
    SELECT array_agg(one.part) AS parts, array_agg(one.amount_fen) AS amounts, array_agg(one.entry_id) AS entry_ids,
           coalesce(sum(one.amount_fen), 0) AS amount_fen
      INTO gone
      FROM transfer_in_transit(asked.person_key, asked.transfer_id, asked.from_pool_code, today) AS one;
    IF gone.amount_fen > 9007199254740991
                         - (SELECT account.current_year_fen + account.carried_over_fen FROM account
                             WHERE account.person_key = asked.person_key
                               AND account.account_id = asked.from_account_id) THEN
        RETURN 'balance_overflow';
    END IF;
    was := CASE
        WHEN EXISTS (SELECT FROM person WHERE person.person_key = asked.person_key AND person.deceased_on IS NOT NULL)
            THEN 'deceased'
        WHEN was = 'active' AND EXISTS (SELECT FROM account
                                         WHERE account.person_key = asked.person_key AND account.status = 'active'
                                           AND account.account_id <> asked.from_account_id) THEN 'spend_only'
        ELSE was END;
    UPDATE account SET status = was, version = account.version + 1
     WHERE account.person_key = asked.person_key AND account.account_id = asked.from_account_id
       AND account.status <> was AND account.status IN ('closed', 'spend_only');
    IF gone.amount_fen > 0 THEN
        status := transfer_post(asked.person_key, asked.from_account_id, asked.from_pool_code, 'transfer_return',
                                new_id, gone.parts, gone.amounts, gone.entry_ids, '', instant, hash_algorithm);
        ASSERT status = 'good';
        UPDATE transfer SET return_id = new_id
         WHERE transfer.person_key = asked.person_key AND transfer.transfer_id = asked.transfer_id;
    END IF;
    RETURN 'good';
END
$$;
COMMENT ON FUNCTION transfer_money_back(transfer, timestamptz, text) IS
    'Brings the money of one transfer back from transit into the account that it left; good or balance_overflow';
