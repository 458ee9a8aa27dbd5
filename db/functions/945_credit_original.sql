-- The ledger entries with which a pool first credited somebody for a period: what later differences are linked to.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: one row; the entries and the part they went to, each null where there is none. Those of a
-- credit that was copied by a merge stand with the record it was copied from.
CREATE OR REPLACE FUNCTION credit_original(
    asked_person_key bigint, asked_period_start date, asked_plan_code text, asked_pool_code text)
RETURNS TABLE (gross_entry_id uuid, deduction_entry_id uuid, part text)
    LANGUAGE sql STABLE AS $$
SELECT (array_agg(entry.entry_id ORDER BY entry.seq) FILTER (WHERE entry.kind = 'pensioner_credit'))[1],
       (array_agg(entry.entry_id ORDER BY entry.seq) FILTER (WHERE entry.kind = 'credit_deduction'))[1],
       (array_agg(entry.part ORDER BY entry.seq) FILTER (WHERE entry.kind = 'pensioner_credit'))[1]
  FROM (SELECT coalesce(credited.origin_credit_id, credited.credit_id) AS operation_id
          FROM pensioner_credit AS credited
         WHERE credited.person_key = asked_person_key AND credited.period_start = asked_period_start
           AND credited.plan_code = asked_plan_code AND credited.pool_code = asked_pool_code
         ORDER BY credited.revision
         LIMIT 1) AS first
  JOIN ledger_entry AS entry ON entry.person_key = person_key_of(first.operation_id)
                            AND entry.operation_id = first.operation_id
$$;
COMMENT ON FUNCTION credit_original(bigint, date, text, text) IS
    'The ledger entries with which a pool first credited somebody for a period, and the part of the balance';
