-- The append-only ledger and the append-only hold events.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE ledger_entry (
    person_key bigint NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    amount_fen bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 9007199254740991),
    current_year_after_fen bigint NOT NULL CHECK (current_year_after_fen >= 0),
    carried_over_after_fen bigint NOT NULL CHECK (carried_over_after_fen >= 0),
    posted_at timestamptz NOT NULL,
    business_date date NOT NULL,
    account_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    operation_id uuid NOT NULL,
    linked_entry_id uuid,
    kind text NOT NULL,
    part text NOT NULL CHECK (part IN ('current_year', 'carried_over')),
    direction text NOT NULL CHECK (direction IN ('credit', 'debit')),
    system_account text NOT NULL,
    reference text NOT NULL CHECK (octet_length(reference) <= 256),
    hash_algorithm text NOT NULL CHECK (hash_algorithm IN ('sha256', 'sm3')),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (person_key, account_id, seq)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
COMMENT ON TABLE ledger_entry IS 'Append-only: each row moves one positive amount between one personal account and one system account. Written only by ledger_post; byte form of the chain in docs/ledger.md';
COMMENT ON COLUMN ledger_entry.person_key IS 'Person';
COMMENT ON COLUMN ledger_entry.seq IS 'Number of the entry within its account: 1, 2, 3, … without gaps';
COMMENT ON COLUMN ledger_entry.amount_fen IS 'Amount moved, fen; always positive';
COMMENT ON COLUMN ledger_entry.current_year_after_fen IS 'Current-year part of the balance after this entry, fen';
COMMENT ON COLUMN ledger_entry.carried_over_after_fen IS 'Carried-over part of the balance after this entry, fen';
COMMENT ON COLUMN ledger_entry.posted_at IS 'Instant of posting: never earlier than that of the entry before, so seq and time agree';
COMMENT ON COLUMN ledger_entry.business_date IS 'Business day in Asia/Shanghai';
COMMENT ON COLUMN ledger_entry.account_id IS 'Personal account';
COMMENT ON COLUMN ledger_entry.entry_id IS 'Public id of the entry';
COMMENT ON COLUMN ledger_entry.operation_id IS 'What the entry is part of: entries and business objects of one operation share it';
COMMENT ON COLUMN ledger_entry.linked_entry_id IS 'Entry that this one corrects or returns; null for the others';
COMMENT ON COLUMN ledger_entry.kind IS 'Kind of entry, one of entry_rule';
COMMENT ON COLUMN ledger_entry.part IS 'Part of the balance that is moved: current_year or carried_over';
COMMENT ON COLUMN ledger_entry.direction IS 'credit: the personal account receives; debit: it gives';
COMMENT ON COLUMN ledger_entry.system_account IS 'System account on the other side';
COMMENT ON COLUMN ledger_entry.reference IS 'Business reference: source document, trade number, …; may be empty, never personal data';
COMMENT ON COLUMN ledger_entry.hash_algorithm IS 'sha256 or sm3';
COMMENT ON COLUMN ledger_entry.hash IS 'Hash over the entry and the hash of the one before it, 32 bytes';

CREATE INDEX ledger_entry_posted_at ON ledger_entry (person_key, account_id, posted_at, seq);
COMMENT ON INDEX ledger_entry_posted_at IS 'A balance as of a past instant is one probe of it';

CREATE TABLE hold_event (
    person_key bigint NOT NULL,
    account_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    seq smallint NOT NULL CHECK (seq > 0),
    kind text NOT NULL CHECK (kind IN ('opened', 'captured', 'voided', 'expired')),
    amount_fen bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 9007199254740991),
    operation_id uuid NOT NULL,
    expires_at timestamptz,
    posted_at timestamptz NOT NULL,
    reference text NOT NULL CHECK (octet_length(reference) <= 256),
    PRIMARY KEY (person_key, account_id, hold_id, seq),
    CHECK ((kind = 'opened') = (seq = 1)),
    CHECK ((kind = 'opened') = (expires_at IS NOT NULL))
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);
COMMENT ON TABLE hold_event IS 'Append-only life of holds: opened adds to account.held_fen, every other kind takes from it';
COMMENT ON COLUMN hold_event.person_key IS 'Person';
COMMENT ON COLUMN hold_event.account_id IS 'Personal account whose money is reserved';
COMMENT ON COLUMN hold_event.hold_id IS 'Public id of the hold';
COMMENT ON COLUMN hold_event.seq IS 'Number of the event within its hold: 1 is opened';
COMMENT ON COLUMN hold_event.kind IS 'opened, captured (in full or part), voided or expired';
COMMENT ON COLUMN hold_event.amount_fen IS 'Amount reserved or released by this event, fen; always positive';
COMMENT ON COLUMN hold_event.operation_id IS 'Operation that caused the event';
COMMENT ON COLUMN hold_event.expires_at IS 'Instant from which the hold cannot be captured; only on opened';
COMMENT ON COLUMN hold_event.posted_at IS 'Instant of the event';
COMMENT ON COLUMN hold_event.reference IS 'Business reference; may be empty, never personal data';

GRANT SELECT, INSERT ON ledger_entry, hold_event TO yibao_app;

-- migrate:down
DROP TABLE hold_event, ledger_entry;
