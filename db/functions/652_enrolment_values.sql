-- The fields of an enrolment that a correction may change, in the form of a proposal's changes.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. A plain expression, so that the planner inlines it.
CREATE OR REPLACE FUNCTION enrolment_values(asked enrolment) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object(
    'status', asked.status, 'ended_on', to_char(asked.ended_on, 'YYYY-MM-DD'),
    'retired_on', to_char(asked.retired_on, 'YYYY-MM-DD'), 'employer_code', asked.employer_code,
    'account_mode', asked.account_mode, 'payer_kind', asked.payer_kind,
    'exempt_group', asked.exempt_group);
COMMENT ON FUNCTION enrolment_values(enrolment) IS 'The fields of an enrolment that a correction may change, by name';
