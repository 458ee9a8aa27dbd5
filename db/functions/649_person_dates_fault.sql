-- Which day of a person does not fit the others: birth_date or deceased_on; null when all fit.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Nobody is insured before being born (as the import checks), nor dies before it.
CREATE OR REPLACE FUNCTION person_dates_fault(asked_person_key bigint, birth_date date, deceased_on date) RETURNS text
LANGUAGE sql STABLE
AS $$
SELECT CASE WHEN birth_date < '1850-01-01'
                 OR EXISTS (SELECT FROM enrolment
                             WHERE enrolment.person_key = asked_person_key AND enrolment.started_on < birth_date)
                 THEN 'birth_date'
            WHEN deceased_on < birth_date THEN 'deceased_on' END
$$;
COMMENT ON FUNCTION person_dates_fault(bigint, date, date) IS
    'Which day of a person does not fit: birth_date or deceased_on; null when all fit';
