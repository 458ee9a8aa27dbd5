-- Tokens, audit events, wrapped keys and jobs.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE token (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    token_id uuid NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('citizen', 'client', 'staff')),
    subject_id uuid NOT NULL,
    person_key bigint,
    label text NOT NULL DEFAULT '' CHECK (octet_length(label) <= 128),
    roles text[] NOT NULL DEFAULT '{}'
        CHECK (roles <@ '{operator,reviewer,policy,security,auditor}'::text[]),
    regions text[] NOT NULL DEFAULT '{}' CHECK (cardinality(regions) <= 32),
    -- They become LIKE patterns: nothing but digits may stand there.
    CHECK (cardinality(regions) = 0 OR array_to_string(regions, ',', '') ~ '^[0-9]{6}(,[0-9]{6})*$'),
    created_at timestamptz NOT NULL,
    created_by uuid,
    expires_at timestamptz,
    revoked_at timestamptz,
    revoked_by uuid,
    CHECK ((kind = 'citizen') = (person_key IS NOT NULL)),
    CHECK ((kind = 'staff') = (cardinality(roles) > 0)),
    CHECK (kind = 'staff' OR cardinality(regions) = 0),
    CHECK (kind <> 'citizen' OR expires_at IS NOT NULL),
    CHECK (expires_at > created_at)
);
COMMENT ON TABLE token IS 'Bearer tokens: only their hash is stored';
COMMENT ON COLUMN token.token_hash IS 'SHA-256 of the whole token text, 32 bytes';
COMMENT ON COLUMN token.token_id IS 'Public id of the token, to list and revoke it';
COMMENT ON COLUMN token.kind IS 'citizen, client (a front end or platform) or staff';
COMMENT ON COLUMN token.subject_id IS 'person_id of a citizen, client id or staff id';
COMMENT ON COLUMN token.person_key IS 'Person of a citizen token; null for the others';
COMMENT ON COLUMN token.label IS 'What it is for, for people who manage tokens; never personal data';
COMMENT ON COLUMN token.roles IS 'Staff roles: operator, reviewer, policy, security, auditor; empty for the others';
COMMENT ON COLUMN token.regions IS 'Pools a staff token may see: pool codes, XX0000 for a province, 000000 for all';
COMMENT ON COLUMN token.created_at IS 'Instant of creation, real time';
COMMENT ON COLUMN token.created_by IS 'Subject that made it; null when made on the command line';
COMMENT ON COLUMN token.expires_at IS 'Instant from which it no longer works, real time; null: does not expire';
COMMENT ON COLUMN token.revoked_at IS 'Instant of revocation, real time; null while it works';
COMMENT ON COLUMN token.revoked_by IS 'Subject that revoked it; null when not revoked or on the command line';
CREATE INDEX token_subject ON token (subject_id);
CREATE INDEX token_not_citizen ON token (token_id) WHERE kind <> 'citizen';
COMMENT ON INDEX token_not_citizen IS 'Tokens of staff and clients, few among those of citizens: what the list is mostly asked for';

CREATE TABLE audit_event (
    event_id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_kind text NOT NULL CHECK (actor_kind IN ('anonymous', 'citizen', 'client', 'staff', 'command_line', 'system')),
    actor_id uuid,
    action text NOT NULL CHECK (action ~ '^[a-z][a-z0-9_.]{1,63}$'),
    person_key bigint,
    object_id uuid,
    pool_code text,
    request_id text CHECK (octet_length(request_id) <= 64),
    detail jsonb
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);
COMMENT ON TABLE audit_event IS 'Append-only: looks at other people''s data, and what staff and command line did';
COMMENT ON COLUMN audit_event.event_id IS 'Id of the event';
COMMENT ON COLUMN audit_event.at IS 'Instant, real time';
COMMENT ON COLUMN audit_event.actor_kind IS 'anonymous, citizen, client, staff, command_line or system';
COMMENT ON COLUMN audit_event.actor_id IS 'Subject id of the actor; null on the command line and for the system';
COMMENT ON COLUMN audit_event.action IS 'What was done: the operation in snake_case, or a name of a command';
COMMENT ON COLUMN audit_event.person_key IS 'Person seen or touched; null when nobody in particular, as for a search that finds nobody';
COMMENT ON COLUMN audit_event.object_id IS 'Object seen or touched; null when none';
COMMENT ON COLUMN audit_event.pool_code IS 'Pool of the object; null when none';
COMMENT ON COLUMN audit_event.request_id IS 'Id of the request; null outside requests';
COMMENT ON COLUMN audit_event.detail IS 'More, as JSON; never personal data';
CREATE INDEX audit_event_person ON audit_event (person_key, at DESC) WHERE person_key IS NOT NULL;
CREATE INDEX audit_event_actor ON audit_event (actor_id, at DESC) WHERE actor_id IS NOT NULL;

CREATE TABLE data_key (
    purpose text NOT NULL CHECK (purpose ~ '^[a-z_]{1,40}$'),
    version smallint NOT NULL CHECK (version > 0),
    wrapped bytea NOT NULL CHECK (octet_length(wrapped) BETWEEN 48 AND 256),
    created_at timestamptz NOT NULL,
    retired_at timestamptz,
    PRIMARY KEY (purpose, version)
);
COMMENT ON TABLE data_key IS 'The program''s keys, each wrapped (AES-256-GCM) by the master key, which is in a file and never here';
COMMENT ON COLUMN data_key.purpose IS 'Use of the key: seal_person, hash_citizen_number, …';
COMMENT ON COLUMN data_key.version IS 'Version within its purpose; the newest not retired one seals';
COMMENT ON COLUMN data_key.wrapped IS 'Format byte, nonce (12), wrapped key (32), tag (16)';
COMMENT ON COLUMN data_key.created_at IS 'Instant of creation, real time';
COMMENT ON COLUMN data_key.retired_at IS 'Instant from which it no longer seals, only opens; null while in use';

CREATE TABLE job (
    job_id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind ~ '^[a-z_]{1,40}$'),
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    parameters jsonb NOT NULL DEFAULT '{}',
    lease_owner text,
    lease_until timestamptz,
    fencing bigint NOT NULL DEFAULT 0 CHECK (fencing >= 0),
    progress_done bigint NOT NULL DEFAULT 0 CHECK (progress_done >= 0),
    progress_total bigint CHECK (progress_total >= 0),
    result jsonb,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    CHECK (state <> 'running' OR lease_owner IS NOT NULL)
);
COMMENT ON TABLE job IS 'Background work: held by a lease with heartbeat and fencing number, not by an open transaction';
COMMENT ON COLUMN job.job_id IS 'Id of the job';
COMMENT ON COLUMN job.kind IS 'What it does';
COMMENT ON COLUMN job.state IS 'waiting, running, done, failed or cancelled';
COMMENT ON COLUMN job.parameters IS 'What it works on, as JSON';
COMMENT ON COLUMN job.lease_owner IS 'Process that holds it; null when nobody does';
COMMENT ON COLUMN job.lease_until IS 'Instant at which the lease ends unless renewed, real time; null without lease';
COMMENT ON COLUMN job.fencing IS 'Grows with every lease: a write with an older number is refused';
COMMENT ON COLUMN job.progress_done IS 'Units of work done';
COMMENT ON COLUMN job.progress_total IS 'Units of work in all; null when not known';
COMMENT ON COLUMN job.result IS 'Outcome, as JSON; null until finished';
COMMENT ON COLUMN job.created_at IS 'Instant of creation, real time';
COMMENT ON COLUMN job.started_at IS 'Instant of the first lease, real time; null before';
COMMENT ON COLUMN job.finished_at IS 'Instant of the end, real time; null before';
CREATE INDEX job_open ON job (created_at) WHERE state IN ('waiting', 'running');

GRANT SELECT, INSERT ON token TO yibao_app;
GRANT UPDATE (revoked_at, revoked_by) ON token TO yibao_app;
GRANT SELECT, INSERT, UPDATE ON job TO yibao_app;
GRANT SELECT, INSERT ON audit_event TO yibao_app;
GRANT SELECT ON data_key TO yibao_app;

-- migrate:down
DROP TABLE job, data_key, audit_event, token;
