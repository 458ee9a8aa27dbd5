-- Adds differences of people of a pool to the sums of their recomputation.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each difference, in no order; all of a person's that the phase looks at are in
-- one call.
-- Locks: the rows of the sums.
CREATE OR REPLACE FUNCTION credit_difference_count(
    asked_job_id uuid, asked_phase text, asked_pool_code text, person_keys bigint[], plan_codes text[], reasons text[],
    statuses text[], gross_fens bigint[], deduction_fens bigint[], receivable_fens bigint[])
RETURNS void
LANGUAGE sql VOLATILE AS $$
INSERT INTO credit_difference_sum AS summed (
    job_id, phase, pool_code, plan_code, reason, status, people, people_up, people_down, differences, gross_up_fen,
    gross_down_fen, deduction_fen, net_up_fen, net_down_fen, receivable_fen)
SELECT asked_job_id, asked_phase, asked_pool_code, one.plan_code, one.reason, one.status, count(*),
       count(*) FILTER (WHERE one.net_fen > 0), count(*) FILTER (WHERE one.net_fen < 0), sum(one.differences),
       sum(one.gross_up_fen), sum(one.gross_down_fen),
       sum(one.deduction_fen), sum(one.net_up_fen), sum(one.net_down_fen), sum(one.receivable_fen)
  FROM (SELECT d.person_key, d.plan_code, d.reason, d.status, count(*) AS differences,
        sum(d.gross_fen - d.deduction_fen) AS net_fen,
               sum(greatest(d.gross_fen, 0)) AS gross_up_fen, sum(greatest(-d.gross_fen, 0)) AS gross_down_fen,
               sum(d.deduction_fen) AS deduction_fen, sum(greatest(d.gross_fen - d.deduction_fen, 0)) AS net_up_fen,
               sum(greatest(d.deduction_fen - d.gross_fen, 0)) AS net_down_fen, sum(d.receivable_fen) AS receivable_fen
          FROM unnest(person_keys, plan_codes, reasons, statuses, gross_fens, deduction_fens, receivable_fens)
               AS d (person_key, plan_code, reason, status, gross_fen, deduction_fen, receivable_fen)
         GROUP BY d.person_key, d.plan_code, d.reason, d.status) AS one
 GROUP BY one.plan_code, one.reason, one.status
    ON CONFLICT (job_id, phase, pool_code, plan_code, reason, status) DO UPDATE
   SET people = summed.people + excluded.people, people_up = summed.people_up + excluded.people_up,
       people_down = summed.people_down + excluded.people_down, differences = summed.differences + excluded.differences,
       gross_up_fen = summed.gross_up_fen + excluded.gross_up_fen,
       gross_down_fen = summed.gross_down_fen + excluded.gross_down_fen,
       deduction_fen = summed.deduction_fen + excluded.deduction_fen,
       net_up_fen = summed.net_up_fen + excluded.net_up_fen,
       net_down_fen = summed.net_down_fen + excluded.net_down_fen,
       receivable_fen = summed.receivable_fen + excluded.receivable_fen
$$;
COMMENT ON FUNCTION credit_difference_count(uuid, text, text, bigint[], text[], text[], text[], bigint[], bigint[],
    bigint[]) IS
    'Adds differences of people of a pool to the sums of their recomputation';
