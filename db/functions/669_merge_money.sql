-- Moves what a merged record's accounts hold to the survivor's, part by part through transit, and closes them.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the caller has locked the accounts of both and opened those that were missing (merge_accounts). Each part is
-- one entry merge_out and one merge_in linked to it, of one operation: transit is at zero again with each. Outcomes:
-- the sum, fen.
CREATE OR REPLACE FUNCTION merge_money(
    survivor_key bigint, duplicate_key bigint, operation_id uuid, instant timestamptz) RETURNS bigint
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    tick bigint := person_id_tick();
    moved_fen bigint;
    refused bigint;
BEGIN
    WITH part AS (
        SELECT giving.account_id AS from_id, taking.account_id AS to_id, giving.pool_code, one.part, one.amount_fen,
               tick + row_number() OVER (ORDER BY giving.account_id, one.part) AS tick
          FROM account AS giving
          JOIN account AS taking ON taking.person_key = survivor_key AND taking.pool_code = giving.pool_code
         CROSS JOIN LATERAL (VALUES ('current_year', giving.current_year_fen),
                             ('carried_over', giving.carried_over_fen))
               AS one (part, amount_fen)
         WHERE giving.person_key = duplicate_key AND one.amount_fen > 0
    ), step AS (
        SELECT part.tick, 1 AS side, duplicate_key AS person_key, part.from_id AS account_id, 'merge_out' AS kind,
               'debit' AS direction, NULL::uuid AS linked_entry_id, part.part, part.amount_fen, part.pool_code
          FROM part
        UNION ALL
        SELECT part.tick, 2, survivor_key, part.to_id, 'merge_in', 'credit', person_id_at(duplicate_key, part.tick),
               part.part, part.amount_fen, part.pool_code
          FROM part
    ), asked AS (
        SELECT array_agg(step.person_key) AS person_keys, array_agg(step.account_id) AS account_ids,
               array_agg(person_id_at(step.person_key, step.tick)) AS entry_ids,
               array_agg(operation_id) AS operation_ids, array_agg(step.kind) AS kinds, array_agg(step.part) AS parts,
               array_agg(step.direction) AS directions, array_agg(step.amount_fen) AS amounts_fen,
               array_agg('transit:' || step.pool_code) AS system_accounts,
               array_agg((instant AT TIME ZONE 'Asia/Shanghai')::date) AS business_dates,
               array_agg(''::text) AS reference_texts, array_agg(step.linked_entry_id) AS linked_entry_ids
          FROM (SELECT * FROM step ORDER BY step.tick, step.side) AS step
    )
    SELECT coalesce(sum(asked.amounts_fen[entry.ord]) FILTER (WHERE asked.kinds[entry.ord] = 'merge_in'), 0),
           count(*) FILTER (WHERE entry.status <> 'posted')
      INTO moved_fen, refused
      FROM asked, ledger_post(person_keys, account_ids, entry_ids, operation_ids, kinds, parts, directions, amounts_fen,
                              system_accounts, business_dates, reference_texts, linked_entry_ids, instant,
                              account_chain_hash(duplicate_key)) AS entry
     WHERE asked.person_keys IS NOT NULL;
    ASSERT refused = 0; -- merge_refusal has judged all that the ledger could refuse
    UPDATE account SET status = 'closed', version = account.version + 1
     WHERE person_key = duplicate_key AND status <> 'closed';
    RETURN moved_fen;
END
$$;
COMMENT ON FUNCTION merge_money(bigint, bigint, uuid, timestamptz) IS
    'Moves what a merged record''s accounts hold to the survivor''s and closes them; the sum in fen';
