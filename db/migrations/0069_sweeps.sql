-- What is due again and again, by turns; and sums of system accounts at instants before which nothing is posted any more.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE sweep (
    name text PRIMARY KEY CHECK (name ~ '^[a-z_]{1,40}$'),
    next_at timestamptz NOT NULL,
    last_at timestamptz,
    lease_owner text,
    lease_until timestamptz,
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
);
COMMENT ON TABLE sweep IS 'Work that is due again and again; the processes take turns by a lease, so that each of it is done once';
COMMENT ON COLUMN sweep.name IS 'holds (those past their time expire), idempotency_keys (old ones are deleted) or snapshots (of system accounts)';
COMMENT ON COLUMN sweep.next_at IS 'Instant from which it is due, real time';
COMMENT ON COLUMN sweep.last_at IS 'Instant at which it was done last, real time; null before';
COMMENT ON COLUMN sweep.lease_owner IS 'Process that is doing it; null when none is';
COMMENT ON COLUMN sweep.lease_until IS 'Instant at which the lease ends, real time; null without lease';
INSERT INTO sweep (name, next_at) VALUES ('holds', '-infinity'), ('idempotency_keys', '-infinity'), ('snapshots', '-infinity');

CREATE TABLE ledger_close (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    open_from timestamptz NOT NULL,
    horizon xid8,
    cut_at timestamptz NOT NULL CHECK (cut_at <= open_from)
);
COMMENT ON TABLE ledger_close IS 'How far the past is closed: one row. ledger_post reads it, ledger_close_from and system_account_cut write it';
COMMENT ON COLUMN ledger_close.is_only IS 'There is but one row';
COMMENT ON COLUMN ledger_close.open_from IS 'Earliest instant that a new entry may have, business time: ledger_post raises earlier ones to it';
COMMENT ON COLUMN ledger_close.horizon IS 'Transaction that saw open_from as it is now: when no older one runs, nothing can appear before open_from; null until there is one';
COMMENT ON COLUMN ledger_close.cut_at IS 'Snapshots hold everything that was posted before this instant';
INSERT INTO ledger_close (open_from, cut_at) VALUES ('1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z');

CREATE TABLE system_account_snapshot (
    system_account text NOT NULL,
    cut_at timestamptz NOT NULL,
    balance_fen bigint NOT NULL,
    entries bigint NOT NULL CHECK (entries > 0),
    PRIMARY KEY (system_account, cut_at)
);
COMMENT ON TABLE system_account_snapshot IS 'Sums of system accounts at closed instants; a row where entries came in since the one before. Append-only; the auditor proves each';
COMMENT ON COLUMN system_account_snapshot.system_account IS 'System account';
COMMENT ON COLUMN system_account_snapshot.cut_at IS 'Everything posted before this instant is in the row, business time';
COMMENT ON COLUMN system_account_snapshot.balance_fen IS 'Debits of personal accounts less credits, of all entries before cut_at, fen';
COMMENT ON COLUMN system_account_snapshot.entries IS 'Number of these entries';

GRANT SELECT, UPDATE ON sweep, ledger_close TO yibao_app;
GRANT SELECT, INSERT ON system_account_snapshot TO yibao_app;

-- migrate:down
DROP TABLE system_account_snapshot, ledger_close, sweep;
