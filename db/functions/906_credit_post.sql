-- Credits people of a pool for a plan and a month: judges them, and posts what is due.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: as credit_judge; job_id and proposal_id: the run and its approval. Locks: none taken: the caller has
-- locked the accounts in an earlier statement, so that nobody is credited twice.
-- Entries, of one operation: `pensioner_credit` of the gross amount from the pooled fund of the pool, whichever level
-- the policy came from, then `credit_deduction`. Money for a month of an earlier account year is carried over.
-- Outcomes: one row for each person: status of credit_judge, or for those that were due
--   balance_overflow   of ledger_post: nothing is posted
--   posted             pensioner_credit has the row
CREATE OR REPLACE FUNCTION credit_post(
    person_keys bigint[], pool_code text, plan_code text, policy_id uuid, asked_month date, job_id uuid,
    proposal_id uuid, instant timestamptz, hash_algorithm text)
RETURNS TABLE (ord bigint, status text, min_age smallint, gross_fen bigint, deduction_fen bigint)
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    tick bigint := person_id_tick();
    today date := (instant AT TIME ZONE 'Asia/Shanghai')::date;
    account_year date := (SELECT import_account_year(today, pool.account_year_starts_month)
                            FROM pool WHERE pool.pool_code = credit_post.pool_code);
BEGIN
    RETURN QUERY
    WITH judged AS MATERIALIZED (
        SELECT j.*, account.last_posted_at, tick + j.ord * 4 AS tick,
               CASE WHEN j.status = 'due' THEN person_id_at(j.person_key, tick + j.ord * 4) END AS credit_id
          FROM credit_judge(credit_post.person_keys, credit_post.pool_code, credit_post.plan_code,
                            credit_post.policy_id, credit_post.asked_month) AS j
          LEFT JOIN account ON account.person_key = j.person_key AND account.account_id = j.account_id
    ), step AS MATERIALIZED (
        SELECT row_number() OVER () AS entry_ord, one.*
          FROM (SELECT j.ord, j.person_key, j.account_id, j.credit_id, one.kind, one.direction, one.system_account,
                one.amount_fen,
                       person_id_at(j.person_key, j.tick + one.place) AS entry_id,
                       CASE WHEN j.basis_month < account_year THEN 'carried_over' ELSE 'current_year' END AS part,
                       to_char(j.period_start, CASE j.period WHEN 'month' THEN 'YYYY-MM' ELSE 'YYYY' END) AS reference
                  FROM judged AS j
                 CROSS JOIN LATERAL (VALUES
                       (1, 'pensioner_credit', 'credit', 'pooled_fund:' || credit_post.pool_code, j.gross_fen),
                       (2, 'credit_deduction', 'debit', 'critical_illness_deduction:'
                        || credit_post.pool_code, j.deduction_fen))
                       AS one (place, kind, direction, system_account, amount_fen)
                 WHERE j.status = 'due' AND one.amount_fen > 0
                 ORDER BY j.ord, one.place) AS one
    ), wanted AS (
        SELECT array_agg(s.person_key) AS person_keys, array_agg(s.account_id) AS account_ids,
               array_agg(s.entry_id) AS entry_ids, array_agg(s.credit_id) AS operation_ids,
               array_agg(s.kind) AS kinds, array_agg(s.part) AS parts,
               array_agg(s.direction) AS directions, array_agg(s.amount_fen) AS amounts_fen,
               array_agg(s.system_account) AS system_accounts, array_agg(today) AS business_dates,
               array_agg(s.reference) AS reference_texts -- in the order of step
          FROM step AS s
    ), refused AS MATERIALIZED (
        SELECT step.ord, min(entry.status) AS status
          FROM wanted, ledger_post(person_keys, account_ids, entry_ids, operation_ids, kinds, parts, directions,
                                   amounts_fen, system_accounts, business_dates, reference_texts, NULL,
                                   instant, hash_algorithm) AS entry
          JOIN step ON step.entry_ord = entry.ord
         WHERE wanted.person_keys IS NOT NULL AND entry.status <> 'posted'
         GROUP BY step.ord
    ), outcome AS MATERIALIZED (
        SELECT judged.*, CASE WHEN judged.status = 'due' THEN coalesce(refused.status, 'posted')
                              ELSE judged.status END AS outcome
          FROM judged
          LEFT JOIN refused ON refused.ord = judged.ord
    ), stored AS (
        INSERT INTO pensioner_credit (
            person_key, period_start, plan_code, revision, credit_id, account_id, pool_code, policy_id, job_id,
            proposal_id, period, months, birth_date, age_on, age_years, min_age, first_month, last_month, gross_fen,
            deduction_fen, total_gross_fen, total_deduction_fen, posted_at, business_date, reason)
        SELECT o.person_key, o.period_start, credit_post.plan_code, 0, o.credit_id, o.account_id, credit_post.pool_code,
               credit_post.policy_id, credit_post.job_id, credit_post.proposal_id, o.period, o.months, o.birth_date,
               o.age_on, o.age_years, o.min_age, o.first_month, o.last_month, o.gross_fen, o.deduction_fen, o.gross_fen,
               o.deduction_fen, greatest(instant, o.last_posted_at, (SELECT open_from FROM ledger_close)), today,
               'credit'
          FROM outcome AS o
         WHERE o.outcome = 'posted'
    )
    SELECT o.ord, o.outcome, o.min_age, o.gross_fen, o.deduction_fen FROM outcome AS o;
END
$$;
COMMENT ON FUNCTION credit_post(bigint[], text, text, uuid, date, uuid, uuid, timestamptz, text) IS
    'Credits people of a pool, whose accounts are locked, for a plan and a month; a status row for each';
