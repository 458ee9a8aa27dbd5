-- What a client has asked a person to see, and what the person has agreed to.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE consent_request (
    consent_request_id uuid PRIMARY KEY,
    client_id uuid NOT NULL,
    reference text NOT NULL CHECK (octet_length(reference) BETWEEN 1 AND 64),
    person_key bigint,
    number_hash bytea NOT NULL CHECK (octet_length(number_hash) = 32),
    name_hash bytea NOT NULL CHECK (octet_length(name_hash) = 32),
    scopes text[] NOT NULL CHECK (cardinality(scopes) BETWEEN 1 AND 8),
    purpose text NOT NULL CHECK (octet_length(purpose) BETWEEN 1 AND 800),
    days integer NOT NULL CHECK (days BETWEEN 1 AND 366),
    state text NOT NULL CHECK (state IN ('pending', 'granted', 'refused')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    decided_at timestamptz,
    UNIQUE (client_id, reference),
    CHECK ((state = 'pending') = (decided_at IS NULL)),
    CHECK (state = 'pending' OR person_key IS NOT NULL)
);
COMMENT ON TABLE consent_request IS 'What clients have asked for. Its id has a key of its own, so that it does not tell whether two requests are about one person';
COMMENT ON COLUMN consent_request.consent_request_id IS 'Id of the request';
COMMENT ON COLUMN consent_request.client_id IS 'Client that asks';
COMMENT ON COLUMN consent_request.reference IS 'The client''s own name of the request: asking again under it makes nothing new';
COMMENT ON COLUMN consent_request.person_key IS 'Person who is asked; null where number and name are nobody''s, or the person is asked too often: then nobody sees it, and it expires';
COMMENT ON COLUMN consent_request.number_hash IS 'Keyed hash (hash_citizen_number) of the number given, 32 bytes';
COMMENT ON COLUMN consent_request.name_hash IS 'Keyed hash (hash_name) of the name given, 32 bytes';
COMMENT ON COLUMN consent_request.scopes IS 'What it wants to see: balance, entries, contributions, enrolments';
COMMENT ON COLUMN consent_request.purpose IS 'What for, in the client''s words, as the person reads it';
COMMENT ON COLUMN consent_request.days IS 'For how many days it would like to see it';
COMMENT ON COLUMN consent_request.state IS 'pending, granted or refused; pending past expires_at is expired';
COMMENT ON COLUMN consent_request.created_at IS 'Instant of asking, real time';
COMMENT ON COLUMN consent_request.expires_at IS 'Instant from which it can no longer be answered, real time';
COMMENT ON COLUMN consent_request.decided_at IS 'Instant of the person''s answer, real time; null before';
CREATE INDEX consent_request_person ON consent_request (person_key, created_at) WHERE person_key IS NOT NULL;
CREATE INDEX consent_request_asked ON consent_request (client_id, number_hash, created_at);

CREATE TABLE consent (
    person_key bigint NOT NULL,
    consent_id uuid NOT NULL,
    consent_request_id uuid NOT NULL,
    client_id uuid NOT NULL,
    scopes text[] NOT NULL CHECK (cardinality(scopes) BETWEEN 1 AND 8),
    purpose text NOT NULL,
    granted_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > granted_at),
    revoked_at timestamptz,
    PRIMARY KEY (person_key, consent_id),
    UNIQUE (person_key, consent_request_id)
);
COMMENT ON TABLE consent IS 'What a person lets a client see. It also ends with the client, and with the person''s death or merge into another record';
COMMENT ON COLUMN consent.person_key IS 'Person who agreed';
COMMENT ON COLUMN consent.consent_id IS 'Id of the consent';
COMMENT ON COLUMN consent.consent_request_id IS 'Request that it answers';
COMMENT ON COLUMN consent.client_id IS 'Client that may look';
COMMENT ON COLUMN consent.scopes IS 'What it may see, some or all of what was asked: balance, entries, contributions, enrolments';
COMMENT ON COLUMN consent.purpose IS 'What for, as the person read it';
COMMENT ON COLUMN consent.granted_at IS 'Instant of the person''s agreement, real time';
COMMENT ON COLUMN consent.expires_at IS 'Instant from which it holds no more, real time';
COMMENT ON COLUMN consent.revoked_at IS 'Instant at which the person took it back, real time; null otherwise';

GRANT SELECT, INSERT ON consent_request, consent TO yibao_app;
GRANT UPDATE (state, decided_at) ON consent_request TO yibao_app;
GRANT UPDATE (revoked_at) ON consent TO yibao_app;

-- migrate:down
DROP TABLE consent, consent_request;
