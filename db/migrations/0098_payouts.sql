-- Payout instruction files, their lines and what the bank answered; and whose seal a withdrawal's payee is under.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE withdrawal
    ADD COLUMN bank_card_of text NOT NULL DEFAULT 'withdrawal' CHECK (bank_card_of IN ('withdrawal', 'transfer')),
    ADD COLUMN payee_name_of text NOT NULL DEFAULT 'withdrawal' CHECK (payee_name_of IN ('withdrawal', 'person')),
    ADD CHECK (bank_card_of = 'withdrawal' OR transfer_id IS NOT NULL),
    ADD CHECK (payee_name_of = 'withdrawal' OR payee_kind = 'person');
COMMENT ON COLUMN withdrawal.bank_card_of IS 'Whose associated data bank_card_sealed has: withdrawal (withdrawal.bank_card, withdrawal_id) or transfer (transfer.bank_card, transfer_id)';
COMMENT ON COLUMN withdrawal.payee_name_of IS 'Whose associated data payee_name_sealed has: withdrawal (withdrawal.payee_name, withdrawal_id) or person (person.name, person_id)';
COMMENT ON COLUMN withdrawal.bank_card_sealed IS 'Sealed number of the bank card; bank_card_of says with which associated data';
COMMENT ON COLUMN withdrawal.payee_name_sealed IS 'Sealed name of whose bank account it is; payee_name_of says with which associated data';
COMMENT ON COLUMN interest_posting.proposal_id IS 'Approved proposal that it was posted for, or the withdrawal or transfer before which the account was settled';

CREATE TABLE payout_file (
    payout_file_id uuid PRIMARY KEY,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    created_at timestamptz NOT NULL,
    settled_at timestamptz CHECK (settled_at >= created_at),
    created_by uuid NOT NULL,
    lines_count integer NOT NULL CHECK (lines_count BETWEEN 1 AND 100000),
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    content_hash_sealed bytea NOT NULL CHECK (octet_length(content_hash_sealed) BETWEEN 32 AND 256)
);
COMMENT ON TABLE payout_file IS 'Instructions to the bank of a pool to pay withdrawals out; the file itself is made anew from sealed values whenever it is fetched';
COMMENT ON COLUMN payout_file.payout_file_id IS 'Id';
COMMENT ON COLUMN payout_file.amount_fen IS 'Sum of its lines, fen';
COMMENT ON COLUMN payout_file.created_at IS 'Instant at which it was made, business time';
COMMENT ON COLUMN payout_file.settled_at IS 'Instant at which the last of its lines was answered, business time; null before';
COMMENT ON COLUMN payout_file.created_by IS 'Subject who made it';
COMMENT ON COLUMN payout_file.lines_count IS 'How many lines it has';
COMMENT ON COLUMN payout_file.pool_code IS 'Pool whose withdrawals it pays';
COMMENT ON COLUMN payout_file.content_hash_sealed IS 'Sealed SHA-256 of the file, 64 hexadecimal digits (associated data payout_file.content_hash, payout_file_id): sealed because bank card numbers could be tried against it';
CREATE INDEX payout_file_pool ON payout_file (pool_code, payout_file_id);
COMMENT ON INDEX payout_file_pool IS 'Files of a pool';

CREATE TABLE payout_line (
    person_key bigint NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    answered_at timestamptz,
    line_number integer NOT NULL CHECK (line_number > 0),
    paid_on date,
    payout_file_id uuid NOT NULL,
    withdrawal_id uuid NOT NULL,
    outcome text CHECK (outcome IN ('paid', 'bounced')),
    bounce_code text CHECK (bounce_code ~ '^[a-z][a-z0-9_]{0,39}$'),
    bank_card_of text NOT NULL CHECK (bank_card_of IN ('withdrawal', 'transfer')),
    bank_card_sealed bytea NOT NULL CHECK (octet_length(bank_card_sealed) BETWEEN 32 AND 256),
    PRIMARY KEY (person_key, payout_file_id, withdrawal_id),
    CHECK ((outcome IS NULL) = (answered_at IS NULL)),
    CHECK ((outcome IS NOT DISTINCT FROM 'bounced') = (bounce_code IS NOT NULL)),
    CHECK ((outcome IS NOT DISTINCT FROM 'paid') = (paid_on IS NOT NULL))
);
COMMENT ON TABLE payout_line IS 'Lines of payout files: one withdrawal each, and what the bank answered';
COMMENT ON COLUMN payout_line.person_key IS 'Person whose withdrawal it is';
COMMENT ON COLUMN payout_line.amount_fen IS 'To be paid, fen: that of the withdrawal';
COMMENT ON COLUMN payout_line.answered_at IS 'Instant at which the bank''s answer was recorded, business time; null before';
COMMENT ON COLUMN payout_line.line_number IS 'Its number in the file: 1, 2, 3, …';
COMMENT ON COLUMN payout_line.paid_on IS 'Day on which the bank paid; null unless it did';
COMMENT ON COLUMN payout_line.payout_file_id IS 'The file';
COMMENT ON COLUMN payout_line.withdrawal_id IS 'The withdrawal';
COMMENT ON COLUMN payout_line.outcome IS 'paid or bounced; null: no answer yet';
COMMENT ON COLUMN payout_line.bounce_code IS 'Why the bank sent it back; null unless it did';
COMMENT ON COLUMN payout_line.bank_card_of IS 'That of the withdrawal when the file was made';
COMMENT ON COLUMN payout_line.bank_card_sealed IS 'That of the withdrawal when the file was made: where the bank was told to pay';
CREATE INDEX payout_line_file ON payout_line (payout_file_id, line_number);
COMMENT ON INDEX payout_line_file IS 'Lines of a file in their order';

GRANT SELECT, INSERT ON payout_file, payout_line TO yibao_app;
GRANT UPDATE (settled_at) ON payout_file TO yibao_app;
GRANT UPDATE (outcome, bounce_code, paid_on, answered_at) ON payout_line TO yibao_app;
GRANT UPDATE (bank_card_of) ON withdrawal TO yibao_app;

-- migrate:down
DROP TABLE payout_line, payout_file;
ALTER TABLE withdrawal DROP COLUMN bank_card_of, DROP COLUMN payee_name_of;
