-- Staging of enrolment rows: as read, then as checked. Personal data only sealed and hashed;
-- name_hash, phone_hash and givens as for hash_items.
-- SPDX-License-Identifier: Apache-2.0
CREATE TEMP TABLE import_row (
    line integer, is_valid boolean, citizen_hash bytea, citizen_given bytea, card_hash bytea, card_given bytea,
    pool_code text, scheme text, status text,
    account_mode text, payer_kind text, employer_code text, employer_code_valid boolean, employer_name text,
    started_on date, ended_on date, retired_on date, birth_date date, sex text, person_key bigint, person_id uuid,
    citizen_number_sealed bytea, name_sealed bytea, phone_sealed bytea, bank_card_sealed bytea, name_hash bytea,
    phone_hash bytea, enrolment_time bigint, account_time bigint
);
CREATE TEMP TABLE import_checked (
    position bigint, line integer, other_line integer, known_key bigint, known_id uuid, is_stored boolean,
    is_duplicate boolean, is_pool_unknown boolean, is_name_different boolean, is_card_taken boolean,
    is_conflict boolean, is_active_twice boolean, active_line integer, is_clean boolean, is_ready boolean,
    is_unchanged boolean
);
