-- The ledger entries of differences of credits, account by account: each sees what those before it left over.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each difference, those of an account in their order: the account and its
-- balance before the first of them, the part (credit_difference_split), and the differences of gross amount and
-- deduction, fen. Locks: none. Money comes before it goes, so the balance never falls below what is held.
-- Outcomes: rows in the order of ord and place; missing_fen is that of the whole difference.
CREATE OR REPLACE FUNCTION credit_difference_steps(
    account_ids uuid[], current_year_fens bigint[], carried_over_fens bigint[], held_fens bigint[], parts text[],
    gross_fens bigint[], deduction_fens bigint[])
RETURNS TABLE (ord bigint, place integer, kind text, part text, direction text, system_kind text, amount_fen bigint,
               missing_fen bigint)
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE op AS MATERIALIZED (
        SELECT a.*, row_number() OVER (PARTITION BY a.account_id ORDER BY a.ord) AS turn
          FROM unnest(account_ids, current_year_fens, carried_over_fens, held_fens, parts,
                      gross_fens, deduction_fens) WITH ORDINALITY
               AS a (account_id, current_year_fen, carried_over_fen, held_fen, part, gross_fen, deduction_fen, ord)
    ), walk AS (
        SELECT op.ord, op.account_id, op.turn, op.part, op.gross_fen, op.deduction_fen, split.*
          FROM op, credit_difference_split(op.current_year_fen, op.carried_over_fen, op.held_fen, op.part, op.gross_fen,
                                           op.deduction_fen) AS split
         WHERE op.turn = 1
        UNION ALL
        SELECT op.ord, op.account_id, op.turn, op.part, op.gross_fen, op.deduction_fen, split.*
          FROM walk
          JOIN op ON op.account_id = walk.account_id AND op.turn = walk.turn + 1
         CROSS JOIN LATERAL credit_difference_split(walk.current_year_after_fen, walk.carried_over_after_fen,
                                                    op.held_fen, op.part, op.gross_fen, op.deduction_fen) AS split
    )
    SELECT walk.ord, step.place, step.kind, CASE WHEN step.is_own THEN walk.part
                                                 WHEN walk.part = 'current_year' THEN 'carried_over'
                                                 ELSE 'current_year' END,
           step.direction, step.system_kind, step.amount_fen, walk.missing_fen
      FROM walk
     CROSS JOIN LATERAL (VALUES
           (1, 'receivable', true, 'credit', 'receivable', walk.missing_fen),
           (2, 'pensioner_credit', true, 'credit', 'pooled_fund', walk.gross_fen),
           (3, 'credit_deduction', true, 'credit', 'critical_illness_deduction', -walk.deduction_fen),
           (4, 'pensioner_credit', true, 'debit', 'pooled_fund', walk.gross_own_fen),
           (5, 'pensioner_credit', false, 'debit', 'pooled_fund', walk.gross_other_fen),
           (6, 'credit_deduction', true, 'debit', 'critical_illness_deduction', walk.deduction_own_fen),
           (7, 'credit_deduction', false, 'debit', 'critical_illness_deduction', walk.deduction_other_fen))
           AS step (place, kind, is_own, direction, system_kind, amount_fen)
     WHERE step.amount_fen > 0
     ORDER BY walk.ord, step.place;
END
$$;
COMMENT ON FUNCTION credit_difference_steps(uuid[], bigint[], bigint[], bigint[], text[], bigint[], bigint[]) IS
    'The ledger entries of differences of credits, in their order; each account''s see what those before left over';
