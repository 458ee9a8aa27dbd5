-- Ways into the log of audit events that cost the same however long it grows.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up transaction:false
DROP INDEX CONCURRENTLY IF EXISTS audit_event_at;
-- migrate:next
CREATE INDEX CONCURRENTLY audit_event_at ON audit_event (at, event_id);
-- migrate:next
DROP INDEX CONCURRENTLY IF EXISTS audit_event_action;
-- migrate:next
CREATE INDEX CONCURRENTLY audit_event_action ON audit_event (action, at, event_id);
-- migrate:next
COMMENT ON INDEX audit_event_at IS 'The log, newest first';
-- migrate:next
COMMENT ON INDEX audit_event_action IS 'What was done of one kind, newest first';

-- migrate:down
DROP INDEX audit_event_action, audit_event_at;
