-- Registration, codes by text message, and sessions of citizens.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE registration (
    person_key bigint PRIMARY KEY,
    person_id uuid NOT NULL,
    registered_at timestamptz NOT NULL
);
COMMENT ON TABLE registration IS 'People who have registered to sign in by themselves: name, citizen number and card matched the record, and a code reached the phone on file';
COMMENT ON COLUMN registration.person_key IS 'Person';
COMMENT ON COLUMN registration.person_id IS 'Public id of the person';
COMMENT ON COLUMN registration.registered_at IS 'Instant of the first registration, real time';

CREATE TABLE challenge (
    challenge_id uuid PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('registration', 'sign_in', 'step_up')),
    person_key bigint,
    person_id uuid,
    subject bytea NOT NULL CHECK (octet_length(subject) = 32),
    target bytea NOT NULL CHECK (octet_length(target) = 32),
    source bytea NOT NULL CHECK (octet_length(source) = 32),
    code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
    tries_left smallint NOT NULL CHECK (tries_left >= 0),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    ended_at timestamptz,
    used_for uuid,
    CHECK ((person_key IS NULL) = (person_id IS NULL)),
    CHECK (used_for IS NULL OR ended_at IS NOT NULL)
);
COMMENT ON TABLE challenge IS 'Codes asked for. One that belongs to nobody looks the same from outside and never succeeds';
COMMENT ON COLUMN challenge.challenge_id IS 'Id of the challenge; random, holds no person''s key';
COMMENT ON COLUMN challenge.purpose IS 'registration, sign_in, or step_up (somebody who is signed in proves it once more)';
COMMENT ON COLUMN challenge.person_key IS 'Person whose phone got the code; null when what was given matches nobody and nothing was sent';
COMMENT ON COLUMN challenge.person_id IS 'Public id of that person; null likewise';
COMMENT ON COLUMN challenge.subject IS 'Keyed hash (hash_attempt) of the number that was given, 32 bytes';
COMMENT ON COLUMN challenge.target IS 'Keyed hash (hash_attempt) of all that was given, 32 bytes';
COMMENT ON COLUMN challenge.source IS 'Keyed hash (hash_attempt) of where it was asked for, 32 bytes';
COMMENT ON COLUMN challenge.code_hash IS 'Keyed hash (hash_code) of the challenge''s id and its code, 32 bytes';
COMMENT ON COLUMN challenge.tries_left IS 'Wrong codes that are still allowed';
COMMENT ON COLUMN challenge.created_at IS 'Instant at which it was asked for, real time';
COMMENT ON COLUMN challenge.expires_at IS 'Instant from which the code no longer works, real time';
COMMENT ON COLUMN challenge.ended_at IS 'Instant at which it was used or replaced by a newer one from the same source, real time; null before';
COMMENT ON COLUMN challenge.used_for IS 'Session or event that it was used for; null when it was not';
CREATE INDEX challenge_subject ON challenge (subject, purpose) WHERE ended_at IS NULL;
CREATE INDEX challenge_expires ON challenge (expires_at);

CREATE TABLE session (
    person_key bigint NOT NULL,
    session_id uuid NOT NULL,
    person_id uuid NOT NULL,
    method text NOT NULL CHECK (method IN ('registration', 'sms', 'password')),
    source bytea NOT NULL CHECK (octet_length(source) = 32),
    generation integer NOT NULL DEFAULT 1 CHECK (generation > 0),
    rotated_with bytea CHECK (octet_length(rotated_with) = 32),
    rotated_at timestamptz,
    repeats smallint NOT NULL DEFAULT 0 CHECK (repeats >= 0),
    created_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    idle_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    ended_at timestamptz,
    end_reason text CHECK (end_reason IN ('signed_out', 'signed_out_everywhere', 'password_changed', 'refresh_reused',
                                          'person_gone')),
    PRIMARY KEY (person_key, session_id),
    CHECK ((rotated_with IS NULL) = (rotated_at IS NULL)),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CHECK (idle_at <= expires_at)
);
COMMENT ON TABLE session IS 'Signed-in citizens: a chain of refresh tokens, each with an access token of short life';
COMMENT ON COLUMN session.person_key IS 'Person';
COMMENT ON COLUMN session.session_id IS 'Id of the session';
COMMENT ON COLUMN session.person_id IS 'Public id of the person';
COMMENT ON COLUMN session.method IS 'How it began: registration, sms (code) or password';
COMMENT ON COLUMN session.source IS 'Keyed hash (hash_attempt) of where it began, 32 bytes';
COMMENT ON COLUMN session.generation IS 'Generation of refresh tokens that is good now; grows by one with each refresh';
COMMENT ON COLUMN session.rotated_with IS 'Hash of the refresh token that the latest refresh was made with: good once more for a while, in case its reply was lost; null before the first';
COMMENT ON COLUMN session.rotated_at IS 'Instant of the latest refresh, real time; null before the first';
COMMENT ON COLUMN session.repeats IS 'How often the latest refresh was made again';
COMMENT ON COLUMN session.created_at IS 'Instant of signing in, real time';
COMMENT ON COLUMN session.used_at IS 'Instant of signing in or of the latest refresh, real time';
COMMENT ON COLUMN session.idle_at IS 'Instant at which it ends unless refreshed before, real time';
COMMENT ON COLUMN session.expires_at IS 'Instant at which it ends in any case, real time';
COMMENT ON COLUMN session.ended_at IS 'Instant at which it was ended, real time; null while it is not';
COMMENT ON COLUMN session.end_reason IS 'signed_out, signed_out_everywhere, password_changed, refresh_reused (an old refresh token came back: one of two holders is a thief) or person_gone; null while not ended';

CREATE TABLE refresh_token (
    refresh_hash bytea PRIMARY KEY CHECK (octet_length(refresh_hash) = 32),
    person_key bigint NOT NULL,
    session_id uuid NOT NULL,
    generation integer NOT NULL CHECK (generation > 0),
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE refresh_token IS 'Finds the session of a refresh token by its hash; used ones stay until the session is forgotten, so that their return is noticed';
COMMENT ON COLUMN refresh_token.refresh_hash IS 'SHA-256 of the whole token text, 32 bytes';
COMMENT ON COLUMN refresh_token.person_key IS 'Person';
COMMENT ON COLUMN refresh_token.session_id IS 'Session';
COMMENT ON COLUMN refresh_token.generation IS 'Generation within its session';
COMMENT ON COLUMN refresh_token.created_at IS 'Instant of creation, real time';
CREATE INDEX refresh_token_session ON refresh_token (person_key, session_id);

ALTER TABLE token ADD COLUMN session_id uuid CHECK (session_id IS NULL OR kind = 'citizen');
COMMENT ON COLUMN token.session_id IS 'Session of a citizen''s access token; null for tokens that belong to none';

GRANT SELECT, INSERT ON registration TO yibao_app;
GRANT SELECT, INSERT, DELETE ON challenge TO yibao_app;
GRANT UPDATE (tries_left, ended_at, used_for) ON challenge TO yibao_app;
GRANT SELECT, INSERT ON session TO yibao_app;
GRANT UPDATE (generation, rotated_with, rotated_at, repeats, used_at, idle_at, ended_at, end_reason) ON session TO yibao_app;
GRANT SELECT, INSERT ON refresh_token TO yibao_app;

-- migrate:down
ALTER TABLE token DROP COLUMN session_id;
DROP TABLE refresh_token, session, challenge, registration;
