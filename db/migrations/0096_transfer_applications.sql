-- What an application for a transfer keeps of the old enrolment, and the sweep that reminds desks of deadlines.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE transfer ADD COLUMN from_enrolment_status text NOT NULL DEFAULT 'active'
    CHECK (from_enrolment_status IN ('active', 'suspended'));
COMMENT ON COLUMN transfer.from_enrolment_status IS 'Status of the old enrolment before it was closing: what it goes back to when nothing comes of the transfer';
INSERT INTO sweep (name, next_at) VALUES ('transfer_reminders', '-infinity');
COMMENT ON COLUMN sweep.name IS 'What is due: holds (those past their time expire), idempotency_keys (old ones are deleted), snapshots (of system accounts), transfer_reminders (deadlines of desks), and others as migrations add them';

-- migrate:down
DELETE FROM sweep WHERE name = 'transfer_reminders';
ALTER TABLE transfer DROP COLUMN from_enrolment_status;
