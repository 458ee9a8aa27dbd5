-- One link of the hash chain: hash over version byte 1, the hash before it, and the entry's bytes.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: 32 bytes. `state` is null on the first entry of a call: then `head`, the account's last hash,
-- stands before it. plpgsql because an aggregate calls it for every row:
-- a function in language sql would be set up anew each time.
CREATE OR REPLACE FUNCTION ledger_chain_step(state bytea, head bytea, algorithm text, entry_bytes bytea) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN ledger_hash(algorithm, '\x01'::bytea || coalesce(state, head) || entry_bytes);
END
$$;
