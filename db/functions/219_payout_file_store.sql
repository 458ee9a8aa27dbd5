-- Stores a payout file with its lines, and that its withdrawals are instructed.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: withdrawals in the order of the file, each once; who makes it. Locks: the caller has locked the
-- withdrawals, and judged them.
CREATE OR REPLACE FUNCTION payout_file_store(
    file_id uuid, asked_pool_code text, withdrawal_ids uuid[], person_keys bigint[], hash_sealed bytea,
    principal_id uuid, instant timestamptz)
RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    members integer := cardinality(withdrawal_ids);
    befores text[];
    changed_ats timestamptz[];
BEGIN
    SELECT array_agg(w.state ORDER BY a.ord), array_agg(greatest(instant, w.changed_at) ORDER BY a.ord)
      INTO befores, changed_ats
      FROM unnest(person_keys, withdrawal_ids) WITH ORDINALITY AS a (person_key, id, ord)
      JOIN withdrawal AS w ON w.person_key = a.person_key AND w.withdrawal_id = a.id;
    INSERT INTO payout_file (payout_file_id, amount_fen, created_at, created_by, lines_count, pool_code,
                             content_hash_sealed)
    SELECT file_id, sum(w.amount_fen), (SELECT max(c.at) FROM unnest(changed_ats) AS c (at)), principal_id, count(*),
           asked_pool_code, hash_sealed
      FROM unnest(person_keys, withdrawal_ids) AS a (person_key, id)
      JOIN withdrawal AS w ON w.person_key = a.person_key AND w.withdrawal_id = a.id;
    INSERT INTO payout_line (person_key, amount_fen, line_number, payout_file_id, withdrawal_id, bank_card_of,
                             bank_card_sealed)
    SELECT w.person_key, w.amount_fen, a.ord, file_id, w.withdrawal_id, w.bank_card_of, w.bank_card_sealed
      FROM unnest(person_keys, withdrawal_ids) WITH ORDINALITY AS a (person_key, id, ord)
      JOIN withdrawal AS w ON w.person_key = a.person_key AND w.withdrawal_id = a.id;
    UPDATE withdrawal AS w
       SET state = state_next('withdrawal', w.state, 'instruct'), payout_file_id = file_id,
           changed_at = greatest(instant, w.changed_at)
      FROM unnest(person_keys, withdrawal_ids) AS a (person_key, id)
     WHERE w.person_key = a.person_key AND w.withdrawal_id = a.id;
    PERFORM state_record(
        'withdrawal', array_fill('good'::text, ARRAY[members]), person_keys, withdrawal_ids,
        array_fill(asked_pool_code, ARRAY[members]), array_fill('instruct'::text, ARRAY[members]), befores,
        array_fill('staff'::text, ARRAY[members]), array_fill('staff'::text, ARRAY[members]),
        array_fill(principal_id, ARRAY[members]), array_fill(NULL::text, ARRAY[members]),
        array_fill(NULL::text, ARRAY[members]), changed_ats);
END
$$;
COMMENT ON FUNCTION payout_file_store(uuid, text, uuid[], bigint[], bytea, uuid, timestamptz) IS
    'Stores a payout file with its lines, and that its withdrawals are instructed';
