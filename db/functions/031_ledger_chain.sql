-- Running hash of entries in order: use it as a window function, partitioned by account and ordered by entry.
-- SPDX-License-Identifier: Apache-2.0
-- ledger_chain(head bytea, algorithm text, entry_bytes bytea): the state is the hash of the entry before.
CREATE OR REPLACE AGGREGATE ledger_chain(bytea, text, bytea) (SFUNC = ledger_chain_step, STYPE = bytea);
