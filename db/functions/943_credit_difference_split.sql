-- How one difference of a credit is posted to an account: what is missing,
-- and which part of the balance gives how much.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the account's balance and what is held; the part that takes money and gives it first; the differences of
-- gross amount and deduction, fen. Locks: none.
-- Outcomes: one row, fen. missing: what the account has not got free, to be credited before. Of what goes out, gross
-- and deduction: how much the own and the other part give; and both parts afterwards. Never below zero, nor below what
-- is held. A single SELECT, so that the planner inlines it.
CREATE OR REPLACE FUNCTION credit_difference_split(
    current_year_fen bigint, carried_over_fen bigint, held_fen bigint, part text, gross_fen bigint,
    deduction_fen bigint)
RETURNS TABLE (missing_fen bigint, gross_own_fen bigint, gross_other_fen bigint, deduction_own_fen bigint,
               deduction_other_fen bigint, current_year_after_fen bigint, carried_over_after_fen bigint)
    LANGUAGE sql IMMUTABLE AS $$
SELECT short.fen, gross.own_fen, wanted.gross_out_fen - gross.own_fen, deduction.own_fen,
       wanted.deduction_out_fen - deduction.own_fen,
       CASE part WHEN 'current_year' THEN own.fen - gross.own_fen - deduction.own_fen
                 ELSE other.fen - wanted.gross_out_fen - wanted.deduction_out_fen
                      + gross.own_fen + deduction.own_fen END,
       CASE part WHEN 'current_year'
                 THEN other.fen - wanted.gross_out_fen - wanted.deduction_out_fen + gross.own_fen + deduction.own_fen
                 ELSE own.fen - gross.own_fen - deduction.own_fen END
  FROM (SELECT greatest(-gross_fen, 0) AS gross_out_fen, greatest(deduction_fen, 0) AS deduction_out_fen,
               greatest(gross_fen, 0) + greatest(-deduction_fen, 0) AS in_fen) AS wanted
 CROSS JOIN LATERAL (
       SELECT greatest(wanted.gross_out_fen + wanted.deduction_out_fen - wanted.in_fen
                       - greatest(current_year_fen + carried_over_fen - held_fen, 0), 0) AS fen) AS short
 CROSS JOIN LATERAL (
       SELECT CASE part WHEN 'current_year' THEN current_year_fen
                   ELSE carried_over_fen END + wanted.in_fen + short.fen AS fen) AS own
 CROSS JOIN LATERAL (SELECT CASE part WHEN 'current_year' THEN carried_over_fen
                                 ELSE current_year_fen END AS fen) AS other
 CROSS JOIN LATERAL (SELECT least(own.fen, wanted.gross_out_fen) AS own_fen) AS gross
 CROSS JOIN LATERAL (SELECT least(own.fen - gross.own_fen, wanted.deduction_out_fen) AS own_fen) AS deduction
$$;
COMMENT ON FUNCTION credit_difference_split(bigint, bigint, bigint, text, bigint, bigint) IS
    'How one difference of a credit is posted to an account: what is missing, and which part gives how much';
