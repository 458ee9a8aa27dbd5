-- What of a transfer's money is in transit, part by part, and which part it arrives in on a day.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the pool whose account receives it. Locks: none; whoever acts on it has locked the transfer.
-- Outcomes: a row for each entry that took money out. Current-year money of an account year that has ended is carried
-- over. head: the newest of these entries' hashes, which was the head of the old account's chain.
CREATE OR REPLACE FUNCTION transfer_in_transit(
    asked_person_key bigint, asked_transfer_id uuid, receiving_pool_code text, today date)
RETURNS TABLE (entry_id uuid, amount_fen bigint, part text, head text)
    LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT gone.entry_id, gone.amount_fen,
           CASE WHEN import_account_year(gone.business_date, pool.starts) < import_account_year(today, pool.starts)
                THEN 'carried_over' ELSE gone.part END,
           encode(last_value(gone.hash)
                     OVER (ORDER BY gone.seq ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING),
                  'hex')
      FROM ledger_entry AS gone
     CROSS JOIN (SELECT coalesce((SELECT pool.account_year_starts_month FROM pool
                                   WHERE pool.pool_code = receiving_pool_code), 1::smallint) AS starts) AS pool
     WHERE gone.person_key = asked_person_key AND gone.operation_id = asked_transfer_id AND gone.kind = 'transfer_out'
     ORDER BY gone.seq;
END
$$;
COMMENT ON FUNCTION transfer_in_transit(bigint, uuid, text, date) IS
    'What of a transfer''s money is in transit, part by part, and which part of an account of a pool it arrives in';
