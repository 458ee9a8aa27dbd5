-- Imports over HTTP: who sent a file, where it lies, what its check found, and that somebody else must approve the posting.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE job DROP CONSTRAINT job_state_check;
ALTER TABLE job ADD CONSTRAINT job_state_check
    CHECK (state IN ('waiting', 'running', 'awaiting_approval', 'done', 'failed', 'cancelled'));
ALTER TABLE job
    ADD COLUMN phase text CHECK (phase IN ('checking', 'posting')),
    ADD COLUMN spool_id uuid,
    ADD COLUMN created_by uuid,
    ADD COLUMN regions text[],
    ADD COLUMN pool_codes text[],
    ADD COLUMN proposal_id uuid,
    ADD COLUMN is_cancel_wanted boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN job.kind IS 'What it does: import';
COMMENT ON COLUMN job.state IS 'waiting, running, awaiting_approval (of its proposal), done, failed or cancelled';
COMMENT ON COLUMN job.parameters IS 'What it works on, as JSON; of an import kind, skip_invalid, dry_run, bytes, reason; never personal data';
COMMENT ON COLUMN job.result IS 'Outcome, as JSON: failure, a code; null when it did not fail. The counts stand in import_run';
COMMENT ON COLUMN job.started_at IS 'Instant of the first lease (of an import: of its phase), real time; null before';
COMMENT ON COLUMN job.phase IS 'Of an import: checking, then posting; null for other kinds';
COMMENT ON COLUMN job.spool_id IS 'Directory in which its file lies: only processes that have it can run the job; null without file';
COMMENT ON COLUMN job.created_by IS 'Subject id of who asked for it; null for the system';
COMMENT ON COLUMN job.regions IS 'Regions of who asked for it: rows of other pools are refused; null for the system';
COMMENT ON COLUMN job.pool_codes IS 'Pools of the rows that the check found good; null before, and when there are none';
COMMENT ON COLUMN job.proposal_id IS 'Proposal that must be approved before it posts; null without one';
COMMENT ON COLUMN job.is_cancel_wanted IS 'Whether who runs it is to end it';
CREATE INDEX job_by_proposal ON job (proposal_id) WHERE proposal_id IS NOT NULL;

ALTER TABLE import_run
    ADD COLUMN job_id uuid,
    ADD COLUMN rows_ready bigint NOT NULL DEFAULT 0 CHECK (rows_ready >= 0),
    ADD COLUMN warnings bigint NOT NULL DEFAULT 0 CHECK (warnings >= 0),
    ADD COLUMN due_fen bigint NOT NULL DEFAULT 0,
    ADD COLUMN pool_codes text[];
COMMENT ON COLUMN import_run.job_id IS 'Job that it ran for; null on the command line';
COMMENT ON COLUMN import_run.rows_ready IS 'Rows that the check found good and not stored yet';
COMMENT ON COLUMN import_run.warnings IS 'Warnings that the check gave';
COMMENT ON COLUMN import_run.due_fen IS 'Sum that those rows credit to personal accounts less what they take back, fen';
COMMENT ON COLUMN import_run.pool_codes IS 'Pools of the good rows; null when there are none';
CREATE INDEX import_run_job ON import_run (job_id) WHERE job_id IS NOT NULL;

CREATE TABLE job_fault (
    job_id uuid NOT NULL,
    ord integer NOT NULL CHECK (ord > 0),
    line integer NOT NULL CHECK (line >= 0),
    other_line integer CHECK (other_line > 0),
    code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{0,39}$'),
    field text NOT NULL CHECK (field ~ '^[a-z_]{0,40}$'),
    PRIMARY KEY (job_id, ord)
);
COMMENT ON TABLE job_fault IS 'What an import found wrong with the rows of its file; never a value';
COMMENT ON COLUMN job_fault.job_id IS 'Job of the import';
COMMENT ON COLUMN job_fault.ord IS 'Place in the report, from 1: by line';
COMMENT ON COLUMN job_fault.line IS 'Line of the file';
COMMENT ON COLUMN job_fault.other_line IS 'Line that it clashes with; null when none';
COMMENT ON COLUMN job_fault.code IS 'What is wrong, one of api/imports/fault.def';
COMMENT ON COLUMN job_fault.field IS 'Column, by its canonical name; empty for the whole line';
GRANT SELECT, INSERT, DELETE ON job_fault TO yibao_app;

-- migrate:down
DROP TABLE job_fault;
DROP INDEX import_run_job;
ALTER TABLE import_run DROP COLUMN pool_codes, DROP COLUMN due_fen, DROP COLUMN warnings, DROP COLUMN rows_ready, DROP COLUMN job_id;
DROP INDEX job_by_proposal;
ALTER TABLE job DROP COLUMN is_cancel_wanted, DROP COLUMN proposal_id, DROP COLUMN pool_codes, DROP COLUMN regions,
    DROP COLUMN created_by, DROP COLUMN spool_id, DROP COLUMN phase;
UPDATE job SET state = 'cancelled' WHERE state = 'awaiting_approval';
ALTER TABLE job DROP CONSTRAINT job_state_check;
ALTER TABLE job ADD CONSTRAINT job_state_check CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled'));
