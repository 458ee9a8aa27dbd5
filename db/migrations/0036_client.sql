-- Clients: the front ends and platforms that tokens of kind client stand for.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE client (
    client_id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('mini_program', 'app', 'website', 'service_platform', 'terminal', 'hotline',
                                       'provider', 'payment_platform')),
    name text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 256),
    contact text CHECK (octet_length(contact) BETWEEN 1 AND 512),
    regions text[] NOT NULL CHECK (cardinality(regions) BETWEEN 1 AND 32),
    -- They become LIKE patterns: nothing but digits may stand there.
    CHECK (array_to_string(regions, ',', '') ~ '^[0-9]{6}(,[0-9]{6})*$'),
    state text NOT NULL CHECK (state IN ('active', 'suspended', 'closed')),
    created_at timestamptz NOT NULL,
    created_by uuid,
    changed_at timestamptz NOT NULL CHECK (changed_at >= created_at)
);
COMMENT ON TABLE client IS 'Registered clients: front ends and platforms, each with tokens of its own';
COMMENT ON COLUMN client.client_id IS 'Id of the client; its tokens have it as subject_id';
COMMENT ON COLUMN client.kind IS 'mini_program, app, website, service_platform, terminal, hotline, provider or payment_platform; never changes';
COMMENT ON COLUMN client.name IS 'Name under which people are asked for consent; no two that are not closed share one';
COMMENT ON COLUMN client.contact IS 'How the agency reaches who runs it: an office, never a natural person; null when not told';
COMMENT ON COLUMN client.regions IS 'Where it serves, and whose security officers manage it: pool codes, XX0000 for a province, 000000 for all';
COMMENT ON COLUMN client.state IS 'active; suspended: its tokens and consents rest; closed: for good';
COMMENT ON COLUMN client.created_at IS 'Instant of registration, real time';
COMMENT ON COLUMN client.created_by IS 'Subject that registered it';
COMMENT ON COLUMN client.changed_at IS 'Instant of the last change, real time';
CREATE UNIQUE INDEX client_name ON client (name) WHERE state <> 'closed';
COMMENT ON INDEX client_name IS 'Nobody is asked for consent under a name that another one has';

GRANT SELECT, INSERT ON client TO yibao_app;
GRANT UPDATE (name, contact, state, changed_at) ON client TO yibao_app;

-- migrate:down
DROP TABLE client;
