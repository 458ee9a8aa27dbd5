-- What would be wrong with an enrolment that had these values; null when nothing is.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. `item` has the form of enrolment_values.
-- Outcomes: the field that does not fit the others or the constraints of the table: ended_on, retired_on, account_mode,
-- payer_kind, employer_code; not_allowed_in_status where another employee enrolment of the person is active, or who is
-- to be active has died; null.
CREATE OR REPLACE FUNCTION enrolment_fault(asked enrolment, item jsonb) RETURNS text
LANGUAGE sql STABLE
AS $$
SELECT CASE
    WHEN (item ->> 'status' = 'ended') <> (item ->> 'ended_on' IS NOT NULL)
         OR (item ->> 'ended_on')::date < asked.started_on THEN 'ended_on'
    WHEN (item ->> 'retired_on')::date < asked.started_on
         OR (asked.scheme = 'resident' AND item ->> 'retired_on' IS NOT NULL) THEN 'retired_on'
    WHEN asked.scheme = 'resident' AND item ->> 'account_mode' <> 'pooled_only' THEN 'account_mode'
    WHEN item ->> 'employer_code' IS NOT NULL
         AND (asked.scheme = 'resident'
              OR NOT EXISTS (SELECT FROM employer WHERE employer.employer_code = item ->> 'employer_code'))
         THEN 'employer_code'
    WHEN item ->> 'payer_kind' = 'self' AND item ->> 'employer_code' IS NOT NULL THEN 'payer_kind'
    WHEN asked.scheme = 'resident' AND item ->> 'payer_kind' = 'employer' THEN 'payer_kind'
    WHEN asked.scheme = 'employee' AND item ->> 'status' = 'active'
         AND EXISTS (SELECT FROM enrolment AS other
                      WHERE other.person_key = asked.person_key AND other.scheme = 'employee'
                        AND other.status = 'active' AND other.enrolment_id <> asked.enrolment_id)
         THEN 'not_allowed_in_status'
    WHEN item ->> 'status' = 'active' AND asked.status <> 'active'
         AND EXISTS (SELECT FROM person
                      WHERE person.person_key = asked.person_key AND person.deceased_on IS NOT NULL)
         THEN 'not_allowed_in_status' END
$$;
COMMENT ON FUNCTION enrolment_fault(enrolment, jsonb) IS
    'Which field would be wrong with an enrolment that had these values, or not_allowed_in_status; null when none';
