-- The outbox takes events: that something has happened, for whoever subscribes to it, without personal data.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE outbox ADD COLUMN event jsonb;
COMMENT ON COLUMN outbox.event IS 'Of kind event: what has happened, as JSON with its name in "event"; sums and ids, never personal data; null for other kinds';
ALTER TABLE outbox DROP CONSTRAINT IF EXISTS outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('sms', 'webhook', 'event')) NOT VALID;
ALTER TABLE outbox DROP CONSTRAINT IF EXISTS outbox_check3;
ALTER TABLE outbox ADD CONSTRAINT outbox_payload_check
    CHECK (CASE kind WHEN 'event' THEN event IS NOT NULL AND payload_sealed IS NULL AND person_key IS NULL
                     ELSE event IS NULL AND (state = 'waiting') = (payload_sealed IS NOT NULL) END) NOT VALID;
COMMENT ON COLUMN outbox.kind IS 'sms (to the phone on file of the person), webhook, or event (for whoever subscribes to it; nobody can yet)';
COMMENT ON COLUMN outbox.sent_at IS 'Instant at which the gateway took it, or every subscriber of an event had it, real time; null before';

-- migrate:down
DELETE FROM outbox WHERE kind = 'event';
ALTER TABLE outbox DROP CONSTRAINT outbox_payload_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_check3 CHECK ((state = 'waiting') = (payload_sealed IS NOT NULL));
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('sms', 'webhook'));
ALTER TABLE outbox DROP COLUMN event;
