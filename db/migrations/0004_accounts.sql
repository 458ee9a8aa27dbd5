-- Personal accounts, the system accounts that stand against them, and the rules between both.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE account (
    person_key bigint NOT NULL,
    current_year_fen bigint NOT NULL DEFAULT 0 CHECK (current_year_fen >= 0),
    carried_over_fen bigint NOT NULL DEFAULT 0 CHECK (carried_over_fen >= 0),
    held_fen bigint NOT NULL DEFAULT 0 CHECK (held_fen >= 0),
    version bigint NOT NULL DEFAULT 0 CHECK (version >= 0),
    last_seq bigint NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
    last_posted_at timestamptz,
    opened_at timestamptz NOT NULL,
    account_id uuid NOT NULL,
    person_id uuid NOT NULL,
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    status text NOT NULL CHECK (status IN ('active', 'suspended', 'frozen', 'spend_only', 'deceased', 'closed')),
    last_hash bytea NOT NULL DEFAULT '\x0000000000000000000000000000000000000000000000000000000000000000'
        CHECK (octet_length(last_hash) = 32),
    PRIMARY KEY (person_key, account_id),
    UNIQUE (pool_code, person_key), -- pool first: look-ups by account then have one index to choose, the primary key
    CHECK (held_fen <= current_year_fen + carried_over_fen),
    -- The largest integer that every JSON reader holds exactly: 2^53 − 1.
    CHECK (current_year_fen <= 9007199254740991 - carried_over_fen),
    CHECK ((last_seq = 0) = (last_posted_at IS NULL)),
    CHECK (status <> 'closed' OR current_year_fen + carried_over_fen = 0)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000,
        autovacuum_analyze_scale_factor = 0.05);
COMMENT ON TABLE account IS 'Personal accounts (个人账户): one for each person and pool. balance = current_year_fen + carried_over_fen; available = balance − held_fen. fillfactor 70 keeps balance updates inside their page (HOT)';
COMMENT ON COLUMN account.person_key IS 'Person';
COMMENT ON COLUMN account.current_year_fen IS 'Current-year part (当年) of the balance, fen';
COMMENT ON COLUMN account.carried_over_fen IS 'Carried-over part (历年) of the balance, fen';
COMMENT ON COLUMN account.held_fen IS 'Sum of the open holds in hold_event, fen: reserved, still part of the balance';
COMMENT ON COLUMN account.version IS 'Grows with every change of the row: balances, holds or status';
COMMENT ON COLUMN account.last_seq IS 'seq of the newest ledger entry; 0 when there is none';
COMMENT ON COLUMN account.last_posted_at IS 'posted_at of the newest ledger entry; null when there is none';
COMMENT ON COLUMN account.opened_at IS 'Instant of opening';
COMMENT ON COLUMN account.account_id IS 'Public id of the account';
COMMENT ON COLUMN account.person_id IS 'Public id of the person';
COMMENT ON COLUMN account.pool_code IS 'Pool that keeps the account';
COMMENT ON COLUMN account.status IS 'active (the one that receives), suspended, frozen, spend_only, deceased or closed; account_status_rule says what each allows';
COMMENT ON COLUMN account.last_hash IS 'Hash of the newest ledger entry, 32 bytes: head of the chain; zeros when there is none';
CREATE UNIQUE INDEX account_one_active ON account (person_key) WHERE status = 'active';
COMMENT ON INDEX account_one_active IS 'A person has at most one account that receives';

CREATE TABLE account_status_rule (
    status text NOT NULL CHECK (status IN ('active', 'suspended', 'frozen', 'spend_only', 'deceased', 'closed')),
    operation text NOT NULL CHECK (operation ~ '^[a-z_]+$'),
    allowed boolean NOT NULL,
    PRIMARY KEY (status, operation)
);
COMMENT ON TABLE account_status_rule IS 'What may be done with an account in which status: the one place that says so';
COMMENT ON COLUMN account_status_rule.status IS 'Status of the account';
COMMENT ON COLUMN account_status_rule.operation IS 'receive (contributions, credits, opening balances), spend, hold, transfer_out, withdraw, interest, adjust or refund';
COMMENT ON COLUMN account_status_rule.allowed IS 'Whether it may';
INSERT INTO account_status_rule (status, operation, allowed)
SELECT s.status, o.operation, o.operation = ANY (s.allowed)
FROM (VALUES
    ('active', '{receive,spend,hold,transfer_out,withdraw,interest,adjust,refund}'::text[]),
    ('suspended', '{receive,spend,hold,transfer_out,withdraw,interest,adjust,refund}'),
    ('frozen', '{receive,interest,adjust,refund}'),
    ('spend_only', '{spend,hold,transfer_out,withdraw,interest,adjust,refund}'),
    ('deceased', '{withdraw,interest,adjust,refund}'),
    ('closed', '{}')) AS s (status, allowed),
    unnest('{receive,spend,hold,transfer_out,withdraw,interest,adjust,refund}'::text[]) AS o (operation);

CREATE TABLE system_account (
    system_account text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('contribution_collection', 'pooled_fund', 'provider_payable', 'platform_clearing',
        'transit', 'withdrawal_payable', 'receivable', 'interest', 'critical_illness_deduction', 'opening_balance',
        'adjustment')),
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    counterparty text CHECK (counterparty ~ '^[0-9A-Za-z_-]{1,64}$'),
    CHECK (system_account = concat_ws(':', kind, pool_code, counterparty)),
    CHECK ((counterparty IS NOT NULL) = (kind IN ('provider_payable', 'platform_clearing')))
);
COMMENT ON TABLE system_account IS 'The other side of every ledger entry. No balance is kept (it would be hot): it is minus the sum of the entries';
COMMENT ON COLUMN system_account.system_account IS 'kind:pool_code, then :counterparty where there is one; for example contribution_collection:620500';
COMMENT ON COLUMN system_account.kind IS 'What it stands for; entry_rule says which entries may pair with it';
COMMENT ON COLUMN system_account.pool_code IS 'Pool it belongs to';
COMMENT ON COLUMN system_account.counterparty IS 'Provider or platform of a provider_payable or platform_clearing account; null for the others';

CREATE TABLE entry_rule (
    entry_kind text NOT NULL CHECK (entry_kind ~ '^[a-z_]{1,40}$'),
    direction text NOT NULL CHECK (direction IN ('credit', 'debit')),
    system_kind text NOT NULL,
    PRIMARY KEY (entry_kind, direction, system_kind)
);
COMMENT ON TABLE entry_rule IS 'Which kind of ledger entry may pair with which kind of system account, and in which direction; nothing else may be posted';
COMMENT ON COLUMN entry_rule.entry_kind IS 'Kind of the ledger entry';
COMMENT ON COLUMN entry_rule.direction IS 'credit: the personal account receives; debit: it gives';
COMMENT ON COLUMN entry_rule.system_kind IS 'Kind of the system account on the other side';
INSERT INTO entry_rule (entry_kind, direction, system_kind) VALUES
    ('contribution', 'credit', 'contribution_collection'),
    ('contribution_refund', 'debit', 'contribution_collection'),
    ('contribution_reversal', 'debit', 'contribution_collection'),
    ('contribution_reversal', 'credit', 'contribution_collection'),
    ('opening_balance', 'credit', 'opening_balance'),
    ('adjustment', 'credit', 'adjustment'),
    ('adjustment', 'debit', 'adjustment'),
    ('interest', 'credit', 'interest');

GRANT SELECT, INSERT ON account TO yibao_app;
-- Whose account it is, and of which pool, never changes.
GRANT UPDATE (current_year_fen, carried_over_fen, held_fen, version, last_seq, last_posted_at, last_hash, status)
    ON account TO yibao_app;
GRANT SELECT ON account_status_rule, entry_rule TO yibao_app;
GRANT SELECT, INSERT ON system_account TO yibao_app;

-- migrate:down
DROP TABLE entry_rule, system_account, account_status_rule, account;
