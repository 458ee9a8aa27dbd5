-- The outbox: what is to be sent to people and partners, written in the transaction that decides on it.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE outbox (
    outbox_id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('sms', 'webhook')),
    person_key bigint,
    person_id uuid,
    payload_sealed bytea CHECK (octet_length(payload_sealed) BETWEEN 32 AND 4096),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed', 'expired')),
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_attempt_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    sent_at timestamptz,
    last_error text CHECK (last_error ~ '^[a-z][a-z0-9_]{0,39}$'),
    lease_owner uuid,
    lease_until timestamptz,
    fencing bigint NOT NULL DEFAULT 0 CHECK (fencing >= 0),
    CHECK ((person_key IS NULL) = (person_id IS NULL)),
    CHECK (kind <> 'sms' OR person_key IS NOT NULL),
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    CHECK ((state = 'waiting') = (payload_sealed IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK (state = 'waiting' OR lease_owner IS NULL),
    CHECK (expires_at > created_at)
) WITH (fillfactor = 80);
COMMENT ON TABLE outbox IS 'Messages to send: inserted by the business transaction, emptied by the worker of yibaod serve; sent at least once, never after expires_at';
COMMENT ON COLUMN outbox.outbox_id IS 'Id of the message; the gateway gets it as its idempotency key';
COMMENT ON COLUMN outbox.kind IS 'sms (to the phone on file of the person) or webhook';
COMMENT ON COLUMN outbox.person_key IS 'Person whom it is for; null when for nobody in particular';
COMMENT ON COLUMN outbox.person_id IS 'Public id of that person; null without one';
COMMENT ON COLUMN outbox.payload_sealed IS 'Sealed text to send (associated data outbox.payload, outbox_id); null once it is sent, failed or expired';
COMMENT ON COLUMN outbox.state IS 'waiting, sent, failed (refused, or tried too often) or expired';
COMMENT ON COLUMN outbox.attempts IS 'How often sending was begun';
COMMENT ON COLUMN outbox.next_attempt_at IS 'Instant from which a worker looks at it again, real time: the end of its lease or pause, never after expires_at';
COMMENT ON COLUMN outbox.created_at IS 'Instant of creation, real time';
COMMENT ON COLUMN outbox.expires_at IS 'Instant from which it is not sent any more, real time';
COMMENT ON COLUMN outbox.sent_at IS 'Instant at which the gateway took it, real time; null before';
COMMENT ON COLUMN outbox.last_error IS 'Code of the last failure; never personal data; null when none';
COMMENT ON COLUMN outbox.lease_owner IS 'Process that is sending it; null when none is';
COMMENT ON COLUMN outbox.lease_until IS 'Instant at which the lease ends, real time; null without lease';
COMMENT ON COLUMN outbox.fencing IS 'Grows with every lease: an outcome reported with an older number is ignored';
CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX outbox_over ON outbox (created_at) WHERE state <> 'waiting';

GRANT SELECT, INSERT, DELETE ON outbox TO yibao_app;
GRANT UPDATE (state, attempts, next_attempt_at, payload_sealed, sent_at, last_error, lease_owner, lease_until, fencing)
    ON outbox TO yibao_app;

-- migrate:down
DROP TABLE outbox;
