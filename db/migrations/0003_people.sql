-- People, what finds them, and their enrolments.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE person (
    person_key bigint PRIMARY KEY CHECK (person_key > 0 AND person_key < 4611686018427387904),
    person_id uuid NOT NULL,
    birth_date date NOT NULL CHECK (birth_date >= '1850-01-01'),
    sex text NOT NULL CHECK (sex IN ('female', 'male', 'unknown')),
    certificate_kind text NOT NULL DEFAULT 'citizen_number'
        CHECK (certificate_kind IN ('citizen_number', 'passport', 'hkmt_permit', 'residence_permit', 'other')),
    citizen_number_sealed bytea NOT NULL CHECK (octet_length(citizen_number_sealed) BETWEEN 32 AND 256),
    name_sealed bytea NOT NULL CHECK (octet_length(name_sealed) BETWEEN 32 AND 512),
    phone_sealed bytea CHECK (octet_length(phone_sealed) BETWEEN 32 AND 256),
    bank_card_sealed bytea CHECK (octet_length(bank_card_sealed) BETWEEN 32 AND 256),
    name_hash bytea NOT NULL CHECK (octet_length(name_hash) = 32),
    phone_hash bytea CHECK (octet_length(phone_hash) = 32),
    created_at timestamptz NOT NULL,
    deceased_on date CHECK (deceased_on >= birth_date),
    CHECK ((phone_sealed IS NULL) = (phone_hash IS NULL))
);
COMMENT ON TABLE person IS 'Natural persons (参保人). Personal data only sealed (AES-256-GCM) and as keyed hashes';
COMMENT ON COLUMN person.person_key IS 'Low 62 bits of every id that belongs to this person; random, never changes';
COMMENT ON COLUMN person.person_id IS 'Public id of the person';
COMMENT ON COLUMN person.birth_date IS 'Day of birth: of the citizen number, or as certified';
COMMENT ON COLUMN person.sex IS 'female, male or unknown';
COMMENT ON COLUMN person.certificate_kind IS 'What citizen_number_sealed holds: citizen_number, passport, hkmt_permit, residence_permit or other';
COMMENT ON COLUMN person.citizen_number_sealed IS 'Sealed citizen number (or other certificate number); associated data person.citizen_number, person_id';
COMMENT ON COLUMN person.name_sealed IS 'Sealed name; associated data person.name, person_id';
COMMENT ON COLUMN person.phone_sealed IS 'Sealed phone number; associated data person.phone, person_id; null when unknown';
COMMENT ON COLUMN person.bank_card_sealed IS 'Sealed bank card number; associated data person.bank_card, person_id; null when unknown';
COMMENT ON COLUMN person.name_hash IS 'Keyed hash (hash_name) of the name, 32 bytes';
COMMENT ON COLUMN person.phone_hash IS 'Keyed hash (hash_phone) of the phone number, 32 bytes; null when unknown';
COMMENT ON COLUMN person.created_at IS 'Instant of the row''s first import';
COMMENT ON COLUMN person.deceased_on IS 'Day of death; null while alive';

CREATE TABLE person_identifier (
    kind text NOT NULL CHECK (kind IN ('citizen_number', 'card_number')),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    person_key bigint NOT NULL,
    person_id uuid NOT NULL,
    PRIMARY KEY (kind, hash)
);
COMMENT ON TABLE person_identifier IS 'Finds a person by number: globally unique, keyed by the hash and not by the person';
COMMENT ON COLUMN person_identifier.kind IS 'citizen_number (also other certificates) or card_number (social-security card)';
COMMENT ON COLUMN person_identifier.hash IS 'Keyed hash (hash_citizen_number, hash_card_number) of the normalised number, 32 bytes';
COMMENT ON COLUMN person_identifier.person_key IS 'Person it belongs to';
COMMENT ON COLUMN person_identifier.person_id IS 'Public id of that person';

CREATE TABLE person_alias (
    person_key bigint PRIMARY KEY,
    person_id uuid NOT NULL,
    current_person_key bigint NOT NULL CHECK (current_person_key <> person_key),
    reason text NOT NULL CHECK (reason IN ('merged', 'corrected')),
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE person_alias IS 'Keys that now stand for another person: keys themselves never change';
COMMENT ON COLUMN person_alias.person_key IS 'The key that is no longer current';
COMMENT ON COLUMN person_alias.person_id IS 'The public id that went with it';
COMMENT ON COLUMN person_alias.current_person_key IS 'The key that it stands for';
COMMENT ON COLUMN person_alias.reason IS 'merged: two rows were one person; corrected: a wrong identity was put right';
COMMENT ON COLUMN person_alias.created_at IS 'Instant of the merge or correction';

CREATE TABLE enrolment (
    person_key bigint NOT NULL,
    enrolment_id uuid NOT NULL,
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    scheme text NOT NULL CHECK (scheme IN ('employee', 'resident')),
    status text NOT NULL CHECK (status IN ('active', 'suspended', 'closing', 'pending_in', 'ended')),
    account_mode text NOT NULL CHECK (account_mode IN ('with_account', 'pooled_only')),
    payer_kind text NOT NULL CHECK (payer_kind IN ('employer', 'self')),
    employer_code text,
    started_on date NOT NULL,
    ended_on date CHECK (ended_on >= started_on),
    retired_on date CHECK (retired_on >= started_on),
    PRIMARY KEY (person_key, enrolment_id),
    UNIQUE (person_key, pool_code, scheme, started_on),
    CHECK ((status = 'ended') = (ended_on IS NOT NULL)),
    CHECK (scheme = 'employee' OR (account_mode = 'pooled_only' AND retired_on IS NULL AND employer_code IS NULL)),
    CHECK (employer_code IS NULL OR payer_kind = 'employer')
);
COMMENT ON TABLE enrolment IS 'Enrolments (参保关系): person × pool × scheme';
COMMENT ON COLUMN enrolment.person_key IS 'Person';
COMMENT ON COLUMN enrolment.enrolment_id IS 'Id of the enrolment';
COMMENT ON COLUMN enrolment.pool_code IS 'Pool that keeps it';
COMMENT ON COLUMN enrolment.scheme IS 'employee (310) or resident (390)';
COMMENT ON COLUMN enrolment.status IS 'active, suspended, closing (a transfer out runs), pending_in (a transfer in runs) or ended';
COMMENT ON COLUMN enrolment.account_mode IS 'with_account or pooled_only; a resident never has an account';
COMMENT ON COLUMN enrolment.payer_kind IS 'Who pays: employer or self';
COMMENT ON COLUMN enrolment.employer_code IS 'Unified Social Credit Code of the employer; null when there is none';
COMMENT ON COLUMN enrolment.started_on IS 'First day';
COMMENT ON COLUMN enrolment.ended_on IS 'Last day; null until ended';
COMMENT ON COLUMN enrolment.retired_on IS 'Day on which the retirement procedure in medical insurance took effect; null when not retired';
CREATE UNIQUE INDEX enrolment_one_active_employee ON enrolment (person_key)
    WHERE scheme = 'employee' AND status = 'active';
COMMENT ON INDEX enrolment_one_active_employee IS 'At most one active employee enrolment of a person';

GRANT SELECT, INSERT, UPDATE ON person, enrolment TO yibao_app;
-- A number never comes to mean somebody else: what was wrong gets an alias.
GRANT SELECT, INSERT ON person_identifier, person_alias TO yibao_app;

-- migrate:down
DROP TABLE enrolment, person_alias, person_identifier, person;
