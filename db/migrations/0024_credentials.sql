-- What people prove themselves with, and how often somebody may try in vain.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE credential (
    person_key bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('password', 'pin')),
    person_id uuid NOT NULL,
    salt bytea NOT NULL CHECK (octet_length(salt) = 16),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    log2_n smallint NOT NULL CHECK (log2_n BETWEEN 10 AND 20),
    block_size smallint NOT NULL CHECK (block_size BETWEEN 1 AND 16),
    parallel smallint NOT NULL CHECK (parallel BETWEEN 1 AND 4),
    set_at timestamptz NOT NULL,
    PRIMARY KEY (person_key, kind)
);
COMMENT ON TABLE credential IS 'Passwords and PINs of people: only scrypt over a keyed hash of them, so that a copy of the database alone cannot be guessed at';
COMMENT ON COLUMN credential.person_key IS 'Person';
COMMENT ON COLUMN credential.kind IS 'password (website, app) or pin (six digits, for the hotline and terminals)';
COMMENT ON COLUMN credential.person_id IS 'Public id of the person';
COMMENT ON COLUMN credential.salt IS 'Random salt of scrypt, 16 bytes; new each time';
COMMENT ON COLUMN credential.hash IS 'scrypt of the keyed hash (pepper_credential) of the secret, 32 bytes';
COMMENT ON COLUMN credential.log2_n IS 'Cost of scrypt: base-two logarithm of N';
COMMENT ON COLUMN credential.block_size IS 'Block size of scrypt: r';
COMMENT ON COLUMN credential.parallel IS 'Parallelism of scrypt: p';
COMMENT ON COLUMN credential.set_at IS 'Instant at which it was set, real time';

CREATE TABLE attempt_limit (
    kind text NOT NULL CHECK (kind IN ('password', 'pin', 'code', 'sms')),
    scope text NOT NULL CHECK (scope IN ('pair', 'strangers', 'source')),
    window_s integer NOT NULL CHECK (window_s BETWEEN 1 AND 2592000),
    at_most integer NOT NULL CHECK (at_most BETWEEN 1 AND 1000000),
    PRIMARY KEY (kind, scope, window_s)
);
COMMENT ON TABLE attempt_limit IS 'How many attempts are taken in a window that slides; more are refused until the oldest leaves it. An agency changes the rows as it needs';
COMMENT ON COLUMN attempt_limit.kind IS 'password, pin, code: wrong ones; sms: each text message asked for';
COMMENT ON COLUMN attempt_limit.scope IS 'pair: for one number (or person) from one source. strangers: for one number from all sources that never succeeded for its person; closes only those. source: from one source for all numbers for whose people it never succeeded; closes only those';
COMMENT ON COLUMN attempt_limit.window_s IS 'Length of the window, seconds';
COMMENT ON COLUMN attempt_limit.at_most IS 'Attempts within the window';
INSERT INTO attempt_limit (kind, scope, window_s, at_most) VALUES
    ('password', 'pair', 900, 5), ('password', 'pair', 86400, 20), ('password', 'strangers', 86400, 50),
    ('pin', 'pair', 900, 5), ('pin', 'pair', 86400, 15), ('pin', 'strangers', 86400, 20),
    ('pin', 'strangers', 2592000, 100),
    ('code', 'pair', 900, 10), ('code', 'pair', 86400, 30),
    ('sms', 'pair', 3600, 5), ('sms', 'pair', 86400, 10), ('sms', 'strangers', 3600, 5),
    ('sms', 'strangers', 86400, 10), ('sms', 'source', 3600, 120);

CREATE TABLE attempt (
    attempt_id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('password', 'pin', 'code', 'sms')),
    subject bytea NOT NULL CHECK (octet_length(subject) = 32),
    target bytea NOT NULL CHECK (octet_length(target) = 32),
    source bytea NOT NULL CHECK (octet_length(source) = 32),
    source_kind text NOT NULL CHECK (source_kind IN ('address', 'phone', 'client')),
    is_stranger boolean NOT NULL,
    person_key bigint,
    at timestamptz NOT NULL,
    forget_at timestamptz NOT NULL CHECK (forget_at >= at)
);
COMMENT ON TABLE attempt IS 'Attempts that count against a limit: wrong passwords, PINs and codes, and each text message asked for. Numbers and sources only as keyed hashes';
COMMENT ON COLUMN attempt.attempt_id IS 'Id of the attempt';
COMMENT ON COLUMN attempt.kind IS 'password, pin, code or sms';
COMMENT ON COLUMN attempt.subject IS 'Keyed hash (hash_attempt) of the number that was given, whether anybody has it or not; 32 bytes';
COMMENT ON COLUMN attempt.target IS 'Keyed hash (hash_attempt) of all that was given to say who it is: the strangers of one target share an allowance, and knowing more has one of its own; 32 bytes';
COMMENT ON COLUMN attempt.source IS 'Keyed hash (hash_attempt) of where it came from; 32 bytes';
COMMENT ON COLUMN attempt.source_kind IS 'address (prefix of a network address), phone (of a caller) or client';
COMMENT ON COLUMN attempt.is_stranger IS 'Whether this source had never succeeded for that person';
COMMENT ON COLUMN attempt.person_key IS 'Person who has the number; null when nobody does';
COMMENT ON COLUMN attempt.at IS 'Instant, real time';
COMMENT ON COLUMN attempt.forget_at IS 'Instant from which no window holds it and the row may go, real time';
CREATE INDEX attempt_pair ON attempt (kind, subject, source, at);
CREATE INDEX attempt_strangers ON attempt (kind, target, at) WHERE is_stranger;
CREATE INDEX attempt_source ON attempt (kind, source, at) WHERE is_stranger;
CREATE INDEX attempt_person ON attempt (person_key, at) WHERE person_key IS NOT NULL;
CREATE INDEX attempt_forget ON attempt (forget_at);

CREATE TABLE known_source (
    person_key bigint NOT NULL,
    source bytea NOT NULL CHECK (octet_length(source) = 32),
    source_kind text NOT NULL CHECK (source_kind IN ('address', 'phone', 'client')),
    succeeded_at timestamptz NOT NULL,
    PRIMARY KEY (person_key, source)
);
COMMENT ON TABLE known_source IS 'Where somebody has proved to be a person before: what strangers do elsewhere closes no door there';
COMMENT ON COLUMN known_source.person_key IS 'Person';
COMMENT ON COLUMN known_source.source IS 'Keyed hash (hash_attempt) of the source, 32 bytes';
COMMENT ON COLUMN known_source.source_kind IS 'address, phone or client';
COMMENT ON COLUMN known_source.succeeded_at IS 'Instant of the latest success, real time';

GRANT SELECT, INSERT ON credential TO yibao_app;
GRANT UPDATE (salt, hash, log2_n, block_size, parallel, set_at) ON credential TO yibao_app;
GRANT SELECT ON attempt_limit TO yibao_app;
GRANT SELECT, INSERT, DELETE ON attempt TO yibao_app;
-- To skip rows that another one is deleting they are locked, which needs this.
GRANT UPDATE (forget_at) ON attempt TO yibao_app;
GRANT SELECT, INSERT, DELETE ON known_source TO yibao_app;
GRANT UPDATE (succeeded_at) ON known_source TO yibao_app;

-- migrate:down
DROP TABLE known_source, attempt, attempt_limit, credential;
