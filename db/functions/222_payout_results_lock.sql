-- Locks what answers about lines of a payout file touch: withdrawals, their transfers, and their accounts.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: as payout_results_record has them. Locks: FOR NO KEY UPDATE, waited for, each kind in the order of ids.
-- Only what stands in the file is locked.
CREATE OR REPLACE FUNCTION payout_results_lock(file_id uuid, items text) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    ids uuid[];
    person_keys bigint[];
    account_ids uuid[];
BEGIN
    SELECT array_agg(l.withdrawal_id ORDER BY l.withdrawal_id), array_agg(l.person_key ORDER BY l.withdrawal_id),
           array_agg(w.account_id ORDER BY l.withdrawal_id)
      INTO ids, person_keys, account_ids
      FROM payout_line AS l
      JOIN withdrawal AS w ON w.person_key = l.person_key AND w.withdrawal_id = l.withdrawal_id
     WHERE l.payout_file_id = file_id
       AND l.withdrawal_id::text IN (SELECT split_part(line.text, E'\t', 1)
                                       FROM unnest(string_to_array(items, E'\n')) AS line (text));
    IF ids IS NOT NULL THEN
        PERFORM withdrawal_lock(array_fill('new'::text, ARRAY[cardinality(ids)]), person_keys, ids, true);
        PERFORM account_lock(person_keys, account_ids, true);
    END IF;
END
$$;
COMMENT ON FUNCTION payout_results_lock(uuid, text) IS
    'Locks what answers about lines of a payout file touch: withdrawals, their transfers, and their accounts';
