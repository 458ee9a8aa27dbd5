-- The pool that a question about somebody's pensioner credits is about, where no account says it.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: a person, comma-separated LIKE patterns of the pools that the reader sees (null: all), the first day of
-- the month.
-- Locks nothing. Outcomes: that of the employee enrolment which holds in the month, a retired one before others, then
-- the one that began last; else of a resident one, else of the last one that ended;
-- else the pool that keeps the record; null where none is seen.
CREATE OR REPLACE FUNCTION credit_pool_of(asked_person_key bigint, visible text, asked_month date) RETURNS text
LANGUAGE sql STABLE
AS $$
SELECT coalesce(
    (SELECT e.pool_code
       FROM enrolment AS e
      CROSS JOIN LATERAL (SELECT e.status <> 'pending_in' AND e.started_on < asked_month + interval '1 month'
                                 AND (e.ended_on >= asked_month) IS NOT FALSE AS holds) AS now
      WHERE e.person_key = asked_person_key AND (visible IS NULL
                                                 OR e.pool_code LIKE ANY (string_to_array(visible, ',')))
      ORDER BY now.holds DESC, e.scheme = 'employee' DESC, e.retired_on IS NOT NULL DESC, e.started_on DESC,
               e.enrolment_id DESC
      LIMIT 1),
    (SELECT person.pool_code FROM person
      WHERE person.person_key = asked_person_key
        AND (visible IS NULL OR person.pool_code LIKE ANY (string_to_array(visible, ',')))))
$$;
COMMENT ON FUNCTION credit_pool_of(bigint, text, date) IS
    'The pool that a question about somebody''s pensioner credits is about, where no account says it';
