-- What corrections need: numbers that people had before, and which status of an account may follow which.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE person_identifier_former (
    kind text NOT NULL CHECK (kind IN ('citizen_number', 'card_number')),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    person_key bigint NOT NULL,
    person_id uuid NOT NULL,
    retired_at timestamptz NOT NULL,
    proposal_id uuid NOT NULL,
    PRIMARY KEY (person_key, kind, hash, proposal_id)
);
COMMENT ON TABLE person_identifier_former IS 'Append-only: numbers that found a person until a correction. They find nobody now unless they were recorded again, for whoever they really belong to';
COMMENT ON COLUMN person_identifier_former.kind IS 'citizen_number (also other certificates) or card_number (social-security card)';
COMMENT ON COLUMN person_identifier_former.hash IS 'Keyed hash of the normalised number, 32 bytes, as person_identifier had it';
COMMENT ON COLUMN person_identifier_former.person_key IS 'Person it found';
COMMENT ON COLUMN person_identifier_former.person_id IS 'Public id of that person';
COMMENT ON COLUMN person_identifier_former.retired_at IS 'Business instant of the correction';
COMMENT ON COLUMN person_identifier_former.proposal_id IS 'Proposal whose approval took it away';
CREATE INDEX person_identifier_former_hash ON person_identifier_former (kind, hash);
COMMENT ON INDEX person_identifier_former_hash IS 'Who had this number once';

GRANT SELECT, INSERT ON person_identifier_former TO yibao_app;
-- A correction moves a row of it to person_identifier_former, so that the number's rightful owner can be recorded.
GRANT DELETE ON person_identifier TO yibao_app;

CREATE TABLE account_status_transition (
    from_status text NOT NULL CHECK (from_status IN ('active', 'suspended', 'frozen', 'spend_only', 'deceased', 'closed')),
    to_status text NOT NULL CHECK (to_status IN ('active', 'suspended', 'frozen', 'spend_only', 'deceased', 'closed')),
    allowed boolean NOT NULL,
    PRIMARY KEY (from_status, to_status),
    CHECK (from_status <> to_status)
);
COMMENT ON TABLE account_status_transition IS 'Which status of an account may follow which, by a proposal (change_account_status): the one place that says so. Besides: closed needs an empty account, a person has one active account, deceased goes with the person''s date of death';
COMMENT ON COLUMN account_status_transition.from_status IS 'Status before';
COMMENT ON COLUMN account_status_transition.to_status IS 'Status after';
COMMENT ON COLUMN account_status_transition.allowed IS 'Whether it may follow';
INSERT INTO account_status_transition (from_status, to_status, allowed)
SELECT f.status, t.status, t.status = ANY (f.may_become)
FROM (VALUES
    ('active', '{suspended,frozen,spend_only,deceased,closed}'::text[]),
    ('suspended', '{active,frozen,spend_only,deceased,closed}'),
    -- What froze it is lifted first; then it may be closed.
    ('frozen', '{active,suspended,spend_only,deceased}'),
    ('spend_only', '{active,suspended,frozen,deceased,closed}'),
    -- Back again only when the death was recorded by mistake and that was corrected.
    ('deceased', '{active,suspended,frozen,spend_only,closed}'),
    -- A person has one account in a pool for life: who comes back needs it again.
    ('closed', '{active,spend_only}')) AS f (status, may_become),
    unnest('{active,suspended,frozen,spend_only,deceased,closed}'::text[]) AS t (status)
WHERE f.status <> t.status;
GRANT SELECT ON account_status_transition TO yibao_app;

-- migrate:down
DROP TABLE account_status_transition;
REVOKE DELETE ON person_identifier FROM yibao_app;
DROP TABLE person_identifier_former;
