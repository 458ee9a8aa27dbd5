-- The ledger by the instant of posting; old idempotency keys are found by their place instead.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up transaction:false
DROP INDEX CONCURRENTLY IF EXISTS ledger_entry_posted_at_ranges;
-- migrate:next
CREATE INDEX CONCURRENTLY ledger_entry_posted_at_ranges ON ledger_entry USING brin (posted_at) WITH (autosummarize = on);
-- migrate:next
COMMENT ON INDEX ledger_entry_posted_at_ranges IS 'What was posted since an instant, of everybody; a block range index because every entry pays for it';
-- migrate:next
DROP INDEX CONCURRENTLY IF EXISTS idempotency_key_created;

-- migrate:down
CREATE INDEX idempotency_key_created ON idempotency_key USING brin (created_at);
COMMENT ON INDEX idempotency_key_created IS 'Old keys, to delete; a block range index because every write of money pays for it';
DROP INDEX ledger_entry_posted_at_ranges;
