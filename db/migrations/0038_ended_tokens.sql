-- Finds citizens' tokens that have ended without reading those that work; references of any form.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up transaction:false
DROP INDEX CONCURRENTLY IF EXISTS token_of_citizen;
-- migrate:next
CREATE INDEX CONCURRENTLY token_of_citizen ON token (token_id) INCLUDE (expires_at, revoked_at) WHERE kind = 'citizen';
-- migrate:next
COMMENT ON INDEX token_of_citizen IS 'Tells which tokens of citizens have ended from the index alone: the list asks for them among millions that work';
-- migrate:next
ALTER TABLE consent_request DROP CONSTRAINT IF EXISTS consent_request_reference_check;
-- migrate:next
ALTER TABLE consent_request ADD CONSTRAINT consent_request_reference_check
    CHECK (octet_length(reference) BETWEEN 1 AND 256);

-- migrate:down
DROP INDEX token_of_citizen;
