-- What imports need of accounts and ledger: the cut-over day, opening balances, and which accounts they may post to.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE account ADD COLUMN cut_over_on date;
GRANT UPDATE (cut_over_on) ON account TO yibao_app;
COMMENT ON COLUMN account.cut_over_on IS 'First day whose contributions are not in an opening balance: those of periods before it are recorded, not posted; null without opening balance';

CREATE TABLE opening_balance (
    person_key bigint NOT NULL,
    current_year_fen bigint NOT NULL CHECK (current_year_fen BETWEEN 0 AND 9007199254740991),
    carried_over_fen bigint NOT NULL CHECK (carried_over_fen BETWEEN 0 AND 9007199254740991),
    recorded_at timestamptz NOT NULL,
    as_of date NOT NULL,
    account_id uuid NOT NULL,
    operation_id uuid NOT NULL,
    source_document text NOT NULL CHECK (source_document <> '' AND octet_length(source_document) <= 128),
    PRIMARY KEY (person_key, account_id, source_document)
);
COMMENT ON TABLE opening_balance IS 'Opening balances (期初余额) as reported. Each part above zero has exactly one ledger entry, with its operation_id';
COMMENT ON COLUMN opening_balance.person_key IS 'Person';
COMMENT ON COLUMN opening_balance.current_year_fen IS 'Current-year part, fen';
COMMENT ON COLUMN opening_balance.carried_over_fen IS 'Carried-over part, fen';
COMMENT ON COLUMN opening_balance.recorded_at IS 'Instant of recording';
COMMENT ON COLUMN opening_balance.as_of IS 'First day whose contributions are not in it; account.cut_over_on is the latest of an account';
COMMENT ON COLUMN opening_balance.account_id IS 'Personal account';
COMMENT ON COLUMN opening_balance.operation_id IS 'Operation that recorded it; its ledger entries carry the same';
COMMENT ON COLUMN opening_balance.source_document IS 'Document that reports it; tells several of an account apart';
GRANT SELECT, INSERT ON opening_balance TO yibao_app;

-- What is looked for the other way round, from the person: the auditor asks whether everybody can be found.
CREATE INDEX person_identifier_person ON person_identifier (person_key);

INSERT INTO account_status_rule (status, operation, allowed)
SELECT status, 'import', status NOT IN ('deceased', 'closed')
FROM unnest('{active,suspended,frozen,spend_only,deceased,closed}'::text[]) AS status;
COMMENT ON COLUMN account_status_rule.operation IS 'receive (new contributions, credits), import (contributions and opening balances of the past, by file), spend, hold, transfer_out, withdraw, interest, adjust or refund';

-- migrate:down
DELETE FROM account_status_rule WHERE operation = 'import';
DROP INDEX person_identifier_person;
DROP TABLE opening_balance;
ALTER TABLE account DROP COLUMN cut_over_on;
