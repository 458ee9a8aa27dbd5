-- The algorithm that a person's newest ledger entry was hashed with:
-- entries that only undo or move money go on with it.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: sha256 or sm3; sha256 where there is no entry.
CREATE OR REPLACE FUNCTION account_chain_hash(asked_person_key bigint) RETURNS text
    LANGUAGE sql STABLE AS $$
SELECT coalesce((SELECT entry.hash_algorithm
                   FROM account
                   JOIN ledger_entry AS entry ON entry.person_key = account.person_key
                        AND entry.account_id = account.account_id AND entry.seq = account.last_seq
                  WHERE account.person_key = asked_person_key
                  ORDER BY entry.posted_at DESC LIMIT 1), 'sha256')
$$;
COMMENT ON FUNCTION account_chain_hash(bigint) IS 'The algorithm that a person''s newest ledger entry was hashed with';
