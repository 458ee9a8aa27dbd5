-- Jobs that are done slice by slice inside the database: when one may be tried again, and how often it was in vain.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE job
    ADD COLUMN attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    ADD COLUMN next_attempt_at timestamptz;
COMMENT ON COLUMN job.kind IS 'What it does: import (of a file), or a kind K done in slices by job_check_<K> and job_post_<K>';
COMMENT ON COLUMN job.parameters IS 'What it works on, as JSON; of an import kind, skip_invalid, dry_run, bytes, reason; of other kinds dry_run, reason and their own; never personal data';
COMMENT ON COLUMN job.result IS 'Outcome, as JSON: failure, a code; null when it did not fail. The counts of an import stand in import_run';
COMMENT ON COLUMN job.started_at IS 'Instant of the first lease of its phase, real time; null before';
COMMENT ON COLUMN job.phase IS 'checking, then, once its proposal is approved, posting';
COMMENT ON COLUMN job.proposal_id IS 'Proposal (kind post_<kind of the job>) that must be approved before it posts; null without one';
COMMENT ON COLUMN job.attempts IS 'Leases since the last slice that was committed; 0 for imports';
COMMENT ON COLUMN job.next_attempt_at IS 'Before this instant (real time) nobody tries again; null: at any time';

-- migrate:down
ALTER TABLE job DROP COLUMN next_attempt_at, DROP COLUMN attempts;
