-- Copies the pensioner credits of a merged record to the survivor, row by row; what was there stays as history.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the caller has locked persons and accounts and opened the accounts (merge_accounts). A copy has everything of
-- its origin: its money has come over with merge_in, so it has no entries of its own. Where the survivor has no credit
-- of the plan and period, the copies are its rows from revision 0 on; where both were credited, they follow the
-- survivor's own with reason `merged` and the totals of both, so that a recomputation takes back what came twice.
-- Outcomes: the number of rows copied.
CREATE OR REPLACE FUNCTION merge_credits(survivor_key bigint, duplicate_key bigint) RETURNS bigint
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    tick bigint := person_id_tick();
    copied bigint;
BEGIN
    WITH given AS MATERIALIZED (
        SELECT row_of, person_id_at(survivor_key, tick + row_number() OVER (ORDER BY row_of.credit_id)) AS id,
               account.account_id, own.revision AS own_revision, own.first_credit_id AS own_first_id,
               coalesce(paid.total_gross_fen, 0) AS own_gross_fen,
               coalesce(paid.total_deduction_fen, 0) AS own_deduction_fen
          FROM pensioner_credit AS row_of
          JOIN account ON account.person_key = survivor_key AND account.pool_code = row_of.pool_code
          LEFT JOIN LATERAL (
               SELECT newest.revision, coalesce(newest.first_credit_id, newest.credit_id) AS first_credit_id
                 FROM pensioner_credit AS newest
                WHERE newest.person_key = survivor_key AND newest.period_start = row_of.period_start
                  AND newest.plan_code = row_of.plan_code
                ORDER BY newest.revision DESC
                LIMIT 1) AS own ON true
          LEFT JOIN LATERAL (
               SELECT newest.total_gross_fen, newest.total_deduction_fen
                 FROM pensioner_credit AS newest
                WHERE newest.person_key = survivor_key AND newest.period_start = row_of.period_start
                  AND newest.plan_code = row_of.plan_code AND newest.pool_code = row_of.pool_code
                ORDER BY newest.revision DESC
                LIMIT 1) AS paid ON true
         WHERE row_of.person_key = duplicate_key
    )
    INSERT INTO pensioner_credit
    SELECT made.*
      FROM given
      LEFT JOIN given AS first ON (first.row_of).credit_id = (given.row_of).first_credit_id
     CROSS JOIN LATERAL jsonb_populate_record(given.row_of,
               jsonb_build_object('person_key', survivor_key, 'credit_id', given.id, 'account_id', given.account_id,
                   'origin_credit_id', coalesce((given.row_of).origin_credit_id, (given.row_of).credit_id),
                   'first_credit_id', coalesce(given.own_first_id, first.id),
                   'revision', coalesce(given.own_revision + 1, 0) + (given.row_of).revision,
                   'total_gross_fen', given.own_gross_fen + (given.row_of).total_gross_fen,
                   'total_deduction_fen', given.own_deduction_fen + (given.row_of).total_deduction_fen,
                   'reason', CASE WHEN given.own_revision IS NULL
                                       THEN (given.row_of).reason ELSE 'merged' END)) AS made;
    GET DIAGNOSTICS copied = ROW_COUNT;
    RETURN copied;
END
$$;
COMMENT ON FUNCTION merge_credits(bigint, bigint) IS
    'Copies the pensioner credits of a merged record to the survivor, row by row; the number of rows copied';
