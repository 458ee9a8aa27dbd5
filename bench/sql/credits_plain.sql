-- Credits the retired of pool 620500 for October 2026 as one would by hand: credits, entries with their chain,
-- balances, at once.
-- SPDX-License-Identifier: Apache-2.0
-- One transaction. It knows the one policy of bench/sql/credits_policy.sql by heart, checks nothing that a constraint
-- does not, shows nobody anything before, and starts anew when interrupted; what it writes is what yibaod writes.
BEGIN;
SET LOCAL work_mem = '256MB';
CREATE TEMPORARY TABLE due ON COMMIT DROP AS
SELECT person.person_key, account.account_id, person.birth_date, tier.age_years, tier.min_age, tier.gross_fen,
       300::bigint AS deduction_fen,
       (date_trunc('month', enrolment.retired_on) + interval '1 month')::date AS first_month,
       -- The time in front is random here; the person's key at the end is what other statements rely on.
       overlay(gen_random_uuid()::text PLACING substr(account.account_id::text, 20) FROM 20)::uuid AS credit_id,
       account.last_seq, account.last_hash, account.current_year_fen, account.carried_over_fen
  FROM enrolment
  JOIN person ON person.person_key = enrolment.person_key
  JOIN account ON account.person_key = enrolment.person_key AND account.pool_code = enrolment.pool_code
 CROSS JOIN LATERAL (SELECT date_part('year', age(date '2026-10-31', person.birth_date))::int AS age_years
                     OFFSET 0) AS reached
 CROSS JOIN LATERAL (SELECT reached.age_years, CASE WHEN reached.age_years < 70 THEN 0 ELSE 70 END AS min_age,
                            CASE WHEN reached.age_years < 70 THEN 10000 ELSE 11000 END::bigint AS gross_fen) AS tier
 WHERE enrolment.pool_code = '620500' AND enrolment.scheme = 'employee' AND enrolment.status = 'active'
   AND enrolment.retired_on < '2026-10-01' AND person.deceased_on IS NULL;

INSERT INTO pensioner_credit (
    person_key, period_start, plan_code, revision, credit_id, account_id, pool_code, policy_id, job_id, proposal_id,
    period, months, birth_date, age_on, age_years, min_age, first_month, gross_fen, deduction_fen, total_gross_fen,
    total_deduction_fen, posted_at,
    business_date, reason)
SELECT person_key, '2026-10-01', 'basic', 0, credit_id, account_id, '620500', '01900000-0007-7000-8000-000000000001',
       '01900000-0008-7000-8000-000000000001', '01900000-0009-7000-8000-000000000001', 'month', 1, birth_date,
       '2026-10-31', age_years, min_age, first_month, gross_fen, deduction_fen, gross_fen, deduction_fen,
       transaction_timestamp(), current_date,
       'credit'
  FROM due;

CREATE TEMPORARY TABLE entry ON COMMIT DROP AS
WITH running AS (
    SELECT due.person_key, due.account_id, due.credit_id, due.last_hash, due.carried_over_fen, one.*,
           due.last_seq + one.place AS seq,
           overlay(gen_random_uuid()::text PLACING substr(due.account_id::text, 20) FROM 20)::uuid AS entry_id
      FROM due
     CROSS JOIN LATERAL (VALUES
           (1, 'pensioner_credit', 'credit', 'pooled_fund:620500', due.gross_fen, due.gross_fen,
            due.current_year_fen + due.gross_fen),
           (2, 'credit_deduction', 'debit', 'critical_illness_deduction:620500', due.deduction_fen, -due.deduction_fen,
            due.current_year_fen + due.gross_fen - due.deduction_fen))
           AS one (place, kind, direction, system_account, amount_fen, signed_fen, current_year_after_fen)
)
SELECT *, ledger_chain(last_hash, 'sha256', ledger_entry_bytes(account_id, seq, entry_id, credit_id, NULL, signed_fen,
              current_year_after_fen, carried_over_fen, current_date, transaction_timestamp(), kind,
              'current_year', system_account,
              '2026-10'))
          OVER (PARTITION BY person_key, account_id ORDER BY place ROWS UNBOUNDED PRECEDING) AS hash
  FROM running;

INSERT INTO ledger_entry (person_key, account_id, seq, entry_id, operation_id, kind, part, direction, amount_fen,
                          current_year_after_fen, carried_over_after_fen, system_account, business_date, posted_at,
                          reference, hash_algorithm, hash)
SELECT person_key, account_id, seq, entry_id, credit_id, kind, 'current_year', direction, amount_fen,
       current_year_after_fen, carried_over_fen, system_account, current_date, transaction_timestamp(), '2026-10',
       'sha256', hash
  FROM entry;

UPDATE account
   SET current_year_fen = last.current_year_after_fen, version = account.version + 1, last_seq = last.seq,
       last_hash = last.hash, last_posted_at = transaction_timestamp()
  FROM entry AS last
 WHERE last.place = 2 AND account.person_key = last.person_key AND account.account_id = last.account_id;
COMMIT;
