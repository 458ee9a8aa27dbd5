-- Posts the money of one transfer to one account: out into transit, in from it, or back.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: kind is transfer_out, transfer_in or transfer_return; parts, amounts and what each is linked to (null
-- altogether for none) belong together; a part of 0 fen has no entry.
-- Locks: the caller has locked the account in an earlier statement.
-- Outcomes: good, or what the ledger refuses, with nothing posted: balance_overflow.
CREATE OR REPLACE FUNCTION transfer_post(
    asked_person_key bigint, asked_account_id uuid, asked_pool_code text, kind text, operation_id uuid, parts text[],
    amounts_fen bigint[], linked_entry_ids uuid[], reference text, instant timestamptz, hash_algorithm text)
RETURNS text
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_variable
DECLARE
    tick bigint := person_id_tick();
    today date := (instant AT TIME ZONE 'Asia/Shanghai')::date;
    direction text := CASE kind WHEN 'transfer_out' THEN 'debit' ELSE 'credit' END;
    wanted record;
    refused text;
BEGIN
    SELECT count(*)::integer AS number, array_agg(one.part ORDER BY one.ord) AS parts,
           array_agg(one.fen ORDER BY one.ord) AS amounts_fen, array_agg(one.linked_id ORDER BY one.ord) AS linked_ids,
           array_agg(person_id_at(asked_person_key, tick + one.ord) ORDER BY one.ord) AS entry_ids
      INTO wanted
      FROM unnest(parts, amounts_fen, linked_entry_ids) WITH ORDINALITY AS one (part, fen, linked_id, ord)
     WHERE one.fen > 0;
    IF wanted.number = 0 THEN
        RETURN 'good';
    END IF;
    SELECT min(entry.status) INTO refused
      FROM ledger_post(
               array_fill(asked_person_key, ARRAY[wanted.number]), array_fill(asked_account_id, ARRAY[wanted.number]),
               wanted.entry_ids, array_fill(operation_id, ARRAY[wanted.number]),
               array_fill(kind, ARRAY[wanted.number]), wanted.parts, array_fill(direction, ARRAY[wanted.number]),
               wanted.amounts_fen, array_fill('transit:' || asked_pool_code, ARRAY[wanted.number]),
               array_fill(today, ARRAY[wanted.number]), array_fill(reference, ARRAY[wanted.number]),
               wanted.linked_ids, instant, hash_algorithm) AS entry
     WHERE entry.status NOT IN ('posted', 'deferred');
    ASSERT coalesce(refused, 'balance_overflow') = 'balance_overflow', 'a transfer cannot be posted: ' || refused;
    RETURN coalesce(refused, 'good');
END
$$;
COMMENT ON FUNCTION transfer_post(bigint, uuid, text, text, uuid, text[], bigint[], uuid[], text, timestamptz, text) IS
    'Posts the money of one transfer to one account: out into transit, in from it, or back; good or balance_overflow';
