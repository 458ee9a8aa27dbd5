-- Posts the differences of people that a recomputation showed, where they are still as they were shown.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: people of one pool; the run's job, its approval, its plan (null for all) and months. Entries of an
-- operation: credit_difference_steps; linked to those of the original (credit_original). Money that is taken comes from
-- the part it went to, then from the other; money for a month of an earlier account year is carried over.
-- Locks: none taken: the caller has locked all accounts of these people in an earlier statement, so that nothing is
-- posted twice.
-- Outcomes: one row for each difference that was due. status:
--   changed                        what is due, was credited or is in force is not what was shown: recompute again
--   no_account, account_<status>   the account cannot take it any more
--   balance_overflow               of ledger_post
--   posted                         pensioner_credit has the row; with what is owed since, receivable too
CREATE OR REPLACE FUNCTION credit_difference_post(
    job_id uuid, proposal_id uuid, person_keys bigint[], pool_code text, asked_plan_code text, from_month date,
    to_month date,
    instant timestamptz, hash_algorithm text)
RETURNS TABLE (person_key bigint, period_start date, plan_code text, reason text, status text, gross_fen bigint,
               deduction_fen bigint, receivable_fen bigint)
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    tick bigint := person_id_tick();
    today date := (instant AT TIME ZONE 'Asia/Shanghai')::date;
    account_year date := (SELECT import_account_year(today, pool.account_year_starts_month)
                            FROM pool WHERE pool.pool_code = credit_difference_post.pool_code);
BEGIN
    RETURN QUERY
    WITH shown AS MATERIALIZED (
        SELECT d.*, d.due_gross_fen - d.credited_gross_fen AS gross_fen,
               d.due_deduction_fen - d.credited_deduction_fen AS deduction_fen
          FROM credit_difference AS d
         WHERE d.job_id = credit_difference_post.job_id AND d.pool_code = credit_difference_post.pool_code
           AND d.person_key = ANY (credit_difference_post.person_keys) AND d.status = 'due'
    ), judged AS MATERIALIZED (
        SELECT shown.person_key, shown.period_start, shown.plan_code, shown.reason, shown.gross_fen,
               shown.deduction_fen,
               CASE WHEN (j.credited_gross_fen, j.credited_deduction_fen, j.due_gross_fen, j.due_deduction_fen,
                          CASE WHEN j.due_gross_fen > 0 THEN j.policy_id END)
                         IS DISTINCT FROM (shown.credited_gross_fen, shown.credited_deduction_fen, shown.due_gross_fen,
                                           shown.due_deduction_fen, shown.policy_id) THEN 'changed'
                    ELSE j.status END AS status,
               j.account_id, j.policy_id, j.due_gross_fen, j.due_deduction_fen, j.newest_revision, j.first_credit_id,
               j.own_revision, j.birth_date, j.first_month, j.last_month, j.period, j.basis_month, j.months, j.age_on,
               j.age_years,
               j.min_age
          FROM shown
          LEFT JOIN credit_recomputation_judge(
                        credit_difference_post.person_keys, credit_difference_post.pool_code, asked_plan_code,
                        credit_difference_post.from_month, credit_difference_post.to_month,
                        date_trunc('month', today::timestamp)::date) AS j
               ON j.person_key = shown.person_key AND j.period_start = shown.period_start
               AND j.plan_code = shown.plan_code
    ), op AS MATERIALIZED (
        SELECT j.*, account.current_year_fen, account.carried_over_fen, account.held_fen, account.last_posted_at,
               original.gross_entry_id, original.deduction_entry_id,
               CASE WHEN j.gross_fen < j.deduction_fen THEN original.part
                    WHEN j.basis_month < account_year THEN 'carried_over' ELSE 'current_year' END AS part,
               to_char(j.period_start, CASE j.period WHEN 'month' THEN 'YYYY-MM' ELSE 'YYYY' END) AS reference,
               person_id_at(j.person_key, tick + 16 * row_number() OVER in_order) AS credit_id,
               tick + 16 * row_number() OVER in_order AS tick, row_number() OVER in_order AS ord
          FROM judged AS j
         CROSS JOIN LATERAL (
               SELECT a.current_year_fen, a.carried_over_fen, a.held_fen, a.last_posted_at
                 FROM account AS a
                WHERE a.person_key = j.person_key AND a.account_id = j.account_id
                LIMIT 1) AS account
         CROSS JOIN LATERAL credit_original(j.person_key, j.period_start, j.plan_code,
                                            credit_difference_post.pool_code) AS original
         WHERE j.status = 'due'
        WINDOW in_order AS (ORDER BY j.person_key, j.period_start, j.plan_code)
    ), step AS MATERIALIZED (
        SELECT s.*, op.person_key, op.account_id, op.credit_id, op.reference,
               person_id_at(op.person_key, op.tick + s.place) AS entry_id,
               CASE s.kind WHEN 'credit_deduction' THEN op.deduction_entry_id
                    ELSE op.gross_entry_id END AS linked_entry_id,
               row_number() OVER (ORDER BY s.ord, s.place) AS entry_ord
          FROM (SELECT array_agg(o.account_id) AS account_ids, array_agg(o.current_year_fen) AS current_year_fens,
                       array_agg(o.carried_over_fen) AS carried_over_fens, array_agg(o.held_fen) AS held_fens,
                       array_agg(o.part) AS parts, array_agg(o.gross_fen) AS gross_fens,
                       array_agg(o.deduction_fen) AS deduction_fens
                  FROM (SELECT op.* FROM op ORDER BY op.ord) AS o) AS given,
               credit_difference_steps(given.account_ids, given.current_year_fens, given.carried_over_fens,
                                       given.held_fens, given.parts, given.gross_fens, given.deduction_fens) AS s
          JOIN op ON op.ord = s.ord
    ), refused AS MATERIALIZED (
        SELECT step.ord, min(CASE entry.status WHEN 'deferred' THEN 'balance_overflow' ELSE entry.status END) AS status
          FROM (SELECT array_agg(s.person_key) AS person_keys, array_agg(s.account_id) AS account_ids,
                       array_agg(s.entry_id) AS entry_ids, array_agg(s.credit_id) AS operation_ids,
                       array_agg(s.kind) AS kinds, array_agg(s.part) AS parts, array_agg(s.direction) AS directions,
                       array_agg(s.amount_fen) AS amounts_fen,
                       array_agg(s.system_kind || ':' || credit_difference_post.pool_code) AS system_accounts,
                       array_agg(today) AS business_dates, array_agg(s.reference) AS reference_texts,
                       array_agg(s.linked_entry_id) AS linked_entry_ids
                  FROM (SELECT step.* FROM step ORDER BY step.entry_ord) AS s) AS wanted,
               ledger_post(wanted.person_keys, wanted.account_ids, wanted.entry_ids, wanted.operation_ids, wanted.kinds,
                           wanted.parts, wanted.directions, wanted.amounts_fen, wanted.system_accounts,
                           wanted.business_dates, wanted.reference_texts, wanted.linked_entry_ids,
                           instant, hash_algorithm) AS entry
          JOIN step ON step.entry_ord = entry.ord
         WHERE wanted.person_keys IS NOT NULL AND entry.status <> 'posted'
         GROUP BY step.ord
    ), missing AS (
        SELECT step.ord, min(step.missing_fen) AS fen FROM step GROUP BY step.ord
    ), done AS MATERIALIZED (
        SELECT op.*, missing.fen AS missing_fen, greatest(instant, op.last_posted_at,
                                                          (SELECT open_from FROM ledger_close)) AS posted_at
          FROM op
          JOIN missing ON missing.ord = op.ord
         WHERE NOT EXISTS (SELECT FROM refused WHERE refused.ord = op.ord)
    ), stored AS (
        INSERT INTO pensioner_credit (
            person_key, period_start, plan_code, revision, credit_id, account_id, pool_code, policy_id, job_id,
            proposal_id, period, months, birth_date, age_on, age_years, min_age, first_month, last_month, gross_fen,
            deduction_fen, total_gross_fen, total_deduction_fen, receivable_fen, posted_at, business_date,
            reason, first_credit_id)
        SELECT d.person_key, d.period_start, d.plan_code, d.newest_revision + 1, d.credit_id, d.account_id,
               credit_difference_post.pool_code, coalesce(d.policy_id, own.policy_id), credit_difference_post.job_id,
               credit_difference_post.proposal_id, d.period, CASE WHEN d.due_gross_fen > 0 THEN d.months ELSE 0 END,
               d.birth_date, coalesce(d.age_on, own.age_on), greatest(coalesce(d.age_years, own.age_years), 0),
               CASE WHEN d.due_gross_fen > 0 THEN d.min_age ELSE own.min_age END,
                    coalesce(d.first_month, own.first_month), d.last_month,
               d.gross_fen, d.deduction_fen, d.due_gross_fen, d.due_deduction_fen, d.missing_fen, d.posted_at, today,
               d.reason,
               d.first_credit_id
          FROM done AS d
          LEFT JOIN LATERAL (
               SELECT c.policy_id, c.age_on, c.age_years, c.min_age, c.first_month
                 FROM pensioner_credit AS c
                WHERE c.person_key = d.person_key AND c.period_start = d.period_start AND c.plan_code = d.plan_code
                  AND c.revision = d.own_revision
                LIMIT 1) AS own ON true
    ), owed AS (
        INSERT INTO receivable (person_key, receivable_id, account_id, pool_code, kind, amount_fen, state, operation_id,
                                credit_id, created_at, business_date)
        SELECT done.person_key, person_id_at(done.person_key, done.tick + 8), done.account_id,
               credit_difference_post.pool_code,
               'pensioner_credit', done.missing_fen, 'open', done.credit_id, done.credit_id, done.posted_at, today
          FROM done
         WHERE done.missing_fen > 0
    ), outcome AS MATERIALIZED (
        SELECT judged.person_key, judged.period_start, judged.plan_code, judged.reason, judged.gross_fen,
               judged.deduction_fen,
               CASE WHEN judged.status = 'due' THEN coalesce(refused.status, 'posted') ELSE judged.status END AS status,
               CASE WHEN refused.status IS NULL THEN op.credit_id END AS credit_id,
                    coalesce(missing.fen, 0) AS missing_fen
          -- FULL, so that it is hashed, however few rows are expected: each of op is one of judged, and has its sum
          FROM judged
          FULL JOIN op ON op.person_key = judged.person_key AND op.period_start = judged.period_start
              AND op.plan_code = judged.plan_code
          FULL JOIN missing ON missing.ord = op.ord
          LEFT JOIN refused ON refused.ord = op.ord
    ), told AS (
        UPDATE credit_difference AS d
           SET status = outcome.status, credit_id = outcome.credit_id
          FROM outcome
         WHERE d.job_id = credit_difference_post.job_id AND d.pool_code = credit_difference_post.pool_code
           AND d.person_key = ANY (credit_difference_post.person_keys) AND d.person_key = outcome.person_key
           AND d.period_start = outcome.period_start AND d.plan_code = outcome.plan_code
    )
    SELECT o.person_key, o.period_start, o.plan_code, o.reason, o.status, o.gross_fen, o.deduction_fen,
           CASE o.status WHEN 'posted' THEN o.missing_fen ELSE 0 END
      FROM outcome AS o;
END
$$;
COMMENT ON FUNCTION credit_difference_post(uuid, uuid, bigint[], text, text, date, date, timestamptz, text) IS
    'Posts the differences of people that a recomputation showed, where they are still so; a status row for each';
