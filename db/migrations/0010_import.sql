-- What imports need of accounts and ledger: the cut-over day, opening balances once, and which accounts they may post to.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE account ADD COLUMN cut_over_on date;
COMMENT ON COLUMN account.cut_over_on IS 'First day whose contributions are not in an opening balance: those of periods before it are recorded, not posted; null without opening balance';

CREATE UNIQUE INDEX ledger_entry_opening_balance ON ledger_entry (person_key, account_id, part, reference)
    WHERE kind = 'opening_balance';
COMMENT ON INDEX ledger_entry_opening_balance IS 'An opening balance is posted once for each account, part and source document';

INSERT INTO account_status_rule (status, operation, allowed)
SELECT status, 'import', status NOT IN ('deceased', 'closed')
FROM unnest('{active,suspended,frozen,spend_only,deceased,closed}'::text[]) AS status;
COMMENT ON COLUMN account_status_rule.operation IS 'receive (new contributions, credits), import (contributions and opening balances of the past, by file), spend, hold, transfer_out, withdraw, interest, adjust or refund';

-- migrate:down
DELETE FROM account_status_rule WHERE operation = 'import';
DROP INDEX ledger_entry_opening_balance;
ALTER TABLE account DROP COLUMN cut_over_on;
