-- The fields of a person that a correction may change, as a proposal's changes have them: sealed as hex, days as text.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. A plain expression, so that the planner inlines it.
CREATE OR REPLACE FUNCTION person_values(someone person) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object(
    'name', encode(someone.name_sealed, 'hex'), 'phone', encode(someone.phone_sealed, 'hex'),
    'citizen_number', encode(someone.citizen_number_sealed, 'hex'), 'certificate_kind', someone.certificate_kind,
    'bank_card', encode(someone.bank_card_sealed, 'hex'), 'birth_date', to_char(someone.birth_date, 'YYYY-MM-DD'),
    'sex', someone.sex, 'deceased_on', to_char(someone.deceased_on, 'YYYY-MM-DD'));
COMMENT ON FUNCTION person_values(person) IS 'The fields of a person that a correction may change, by name';
