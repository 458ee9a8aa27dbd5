-- The events of a person and of an actor in the very order in which they are read, so that a page needs no sorting.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up transaction:false
DROP INDEX CONCURRENTLY IF EXISTS audit_event_of_person;
-- migrate:next
CREATE INDEX CONCURRENTLY audit_event_of_person ON audit_event (person_key, at, event_id) WHERE person_key IS NOT NULL;
-- migrate:next
DROP INDEX CONCURRENTLY IF EXISTS audit_event_of_actor;
-- migrate:next
CREATE INDEX CONCURRENTLY audit_event_of_actor ON audit_event (actor_id, at, event_id) WHERE actor_id IS NOT NULL;
-- migrate:next
DROP INDEX CONCURRENTLY IF EXISTS audit_event_person;
-- migrate:next
DROP INDEX CONCURRENTLY IF EXISTS audit_event_actor;

-- migrate:down
CREATE INDEX audit_event_person ON audit_event (person_key, at DESC) WHERE person_key IS NOT NULL;
CREATE INDEX audit_event_actor ON audit_event (actor_id, at DESC) WHERE actor_id IS NOT NULL;
DROP INDEX audit_event_of_person, audit_event_of_actor;
