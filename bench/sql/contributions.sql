-- Gives every person `months` monthly contributions, month after month, as years of imports would leave them.
-- SPDX-License-Identifier: Apache-2.0
-- The primary key is built afterwards: twenty million random insertions into it would be most of the run.
SET maintenance_work_mem = '1GB';
SET synchronous_commit = off;
ALTER TABLE contribution DROP CONSTRAINT contribution_pkey;

SELECT format($insert$
    INSERT INTO contribution (person_key, base_fen, personal_fen, employer_fen, subsidy_fen, recorded_at, period,
                              paid_on, contribution_id, operation_id, pool_code, scheme, kind, status,
                              source_document, channel)
    SELECT person_key, 800000, 16000, 64000, 0, %1$L::date + interval '40 days', %1$L, %1$L::date + 20,
           person_id, person_id, '620500', 'employee', 'regular', 'posted', %2$L, 'employer'
      FROM person
    $insert$, period::date, to_char(period, '"TS"YYYYMM"-0001"'))
  FROM generate_series(timestamp '2006-01-01', timestamp '2006-01-01' + (:months - 1) * interval '1 month',
                       interval '1 month') AS period
\gexec

ALTER TABLE contribution ADD CONSTRAINT contribution_pkey
    PRIMARY KEY (person_key, period, scheme, kind, source_document);
VACUUM (FREEZE, ANALYZE) contribution;
