-- Contribution records and the imports that bring them.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE contribution (
    person_key bigint NOT NULL,
    base_fen bigint NOT NULL DEFAULT 0 CHECK (base_fen BETWEEN 0 AND 9007199254740991),
    personal_fen bigint NOT NULL CHECK (personal_fen BETWEEN 0 AND 9007199254740991),
    employer_fen bigint NOT NULL CHECK (employer_fen BETWEEN 0 AND 9007199254740991),
    subsidy_fen bigint NOT NULL CHECK (subsidy_fen BETWEEN 0 AND 9007199254740991),
    recorded_at timestamptz NOT NULL,
    period date NOT NULL,
    paid_on date,
    contribution_id uuid NOT NULL,
    operation_id uuid NOT NULL,
    pool_code text NOT NULL,
    scheme text NOT NULL CHECK (scheme IN ('employee', 'resident')),
    kind text NOT NULL CHECK (kind IN ('regular', 'base_adjustment', 'back_payment', 'refund', 'deemed_years')),
    status text NOT NULL CHECK (status IN ('recorded', 'posted', 'reversed')),
    source_document text NOT NULL CHECK (source_document <> '' AND octet_length(source_document) <= 128),
    channel text CHECK (octet_length(channel) BETWEEN 1 AND 64),
    employer_code text CHECK (octet_length(employer_code) = 18),
    PRIMARY KEY (person_key, period, scheme, kind, source_document),
    CHECK (extract(day FROM period) = 1 AND (scheme = 'employee' OR extract(month FROM period) = 1)),
    CHECK (scheme = 'resident' OR subsidy_fen = 0),
    CHECK (scheme = 'employee' OR (employer_fen = 0 AND employer_code IS NULL)),
    CHECK (status = 'recorded' OR (scheme = 'employee' AND kind <> 'deemed_years' AND personal_fen > 0))
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
COMMENT ON TABLE contribution IS 'Contribution records (缴费记录). The primary key is also the keyset of histories. A posted one has exactly one ledger entry, with its operation_id and personal_fen; employer part and subsidy are never posted';
COMMENT ON COLUMN contribution.person_key IS 'Person';
COMMENT ON COLUMN contribution.base_fen IS 'Contribution base, fen; 0 where there is none';
COMMENT ON COLUMN contribution.personal_fen IS 'Personal part, fen; of a refund the amount given back';
COMMENT ON COLUMN contribution.employer_fen IS 'Employer part, fen: goes to the pooled fund';
COMMENT ON COLUMN contribution.subsidy_fen IS 'Government subsidy of a resident premium, fen';
COMMENT ON COLUMN contribution.recorded_at IS 'Instant of recording';
COMMENT ON COLUMN contribution.period IS 'First day of the month (employee) or year (resident) paid for';
COMMENT ON COLUMN contribution.paid_on IS 'Day of payment; null when not known';
COMMENT ON COLUMN contribution.contribution_id IS 'Public id of the record';
COMMENT ON COLUMN contribution.operation_id IS 'Operation that recorded it; its ledger entry, where posted, carries the same';
COMMENT ON COLUMN contribution.pool_code IS 'Pool paid to';
COMMENT ON COLUMN contribution.scheme IS 'employee or resident';
COMMENT ON COLUMN contribution.kind IS 'regular, base_adjustment, back_payment, refund or deemed_years (视同缴费)';
COMMENT ON COLUMN contribution.status IS 'recorded: no money posted (resident, before cut-over, no account, no personal part); posted: personal part in the ledger; reversed: posted, then taken back by a linked entry';
COMMENT ON COLUMN contribution.source_document IS 'Document that reports it; with period and kind it tells rows of a month apart';
COMMENT ON COLUMN contribution.channel IS 'Channel of payment as reported; null when not known';
COMMENT ON COLUMN contribution.employer_code IS 'Unified Social Credit Code of the employer; null when there is none';

CREATE TABLE import_run (
    import_run_id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('enrolments', 'contributions', 'opening_balances')),
    file_sha256 bytea NOT NULL CHECK (octet_length(file_sha256) = 32),
    file_name text NOT NULL CHECK (octet_length(file_name) BETWEEN 1 AND 255),
    skip_invalid boolean NOT NULL,
    dry_run boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('checking', 'posting', 'done', 'refused', 'failed')),
    rows_total bigint NOT NULL DEFAULT 0 CHECK (rows_total >= 0),
    rows_invalid bigint NOT NULL DEFAULT 0 CHECK (rows_invalid >= 0),
    rows_unchanged bigint NOT NULL DEFAULT 0 CHECK (rows_unchanged >= 0),
    rows_posted bigint NOT NULL DEFAULT 0 CHECK (rows_posted >= 0),
    amount_fen bigint NOT NULL DEFAULT 0,
    posting_instant timestamptz NOT NULL,
    started_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    finished_at timestamptz
);
COMMENT ON TABLE import_run IS 'One run of yibaod import over one file';
COMMENT ON COLUMN import_run.import_run_id IS 'Id of the run';
COMMENT ON COLUMN import_run.kind IS 'enrolments, contributions or opening_balances';
COMMENT ON COLUMN import_run.file_sha256 IS 'SHA-256 of the file as given, 32 bytes: a killed run is found again by it';
COMMENT ON COLUMN import_run.file_name IS 'Last part of the file''s path';
COMMENT ON COLUMN import_run.skip_invalid IS 'Whether bad rows are left out and reported, rather than refusing the file';
COMMENT ON COLUMN import_run.dry_run IS 'Whether only checks are made';
COMMENT ON COLUMN import_run.state IS 'checking, posting, done, refused (bad rows) or failed';
COMMENT ON COLUMN import_run.rows_total IS 'Data rows in the file';
COMMENT ON COLUMN import_run.rows_invalid IS 'Rows that were refused';
COMMENT ON COLUMN import_run.rows_unchanged IS 'Rows that were stored before with the same content';
COMMENT ON COLUMN import_run.rows_posted IS 'Rows stored by this run so far';
COMMENT ON COLUMN import_run.amount_fen IS 'Sum credited to personal accounts by this run so far, fen';
COMMENT ON COLUMN import_run.posting_instant IS 'Business instant of the start; entries are posted with that of their slice';
COMMENT ON COLUMN import_run.started_at IS 'Instant of the start';
COMMENT ON COLUMN import_run.updated_at IS 'Instant of the last slice';
COMMENT ON COLUMN import_run.finished_at IS 'Instant of the end; null while it runs or when it was killed';
CREATE INDEX import_run_file ON import_run (file_sha256, kind);

GRANT SELECT, INSERT ON contribution TO yibao_app;
GRANT UPDATE (status) ON contribution TO yibao_app;
GRANT SELECT, INSERT, UPDATE ON import_run TO yibao_app;

-- migrate:down
DROP TABLE import_run, contribution;
