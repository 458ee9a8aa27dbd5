-- What is not accepted into a wallet returns by itself: the sweep that sees to it, and grants that wallets need.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
INSERT INTO sweep (name, next_at) VALUES ('wallet_returns', '-infinity');
COMMENT ON COLUMN sweep.name IS 'What is due, of the kinds in cli/sweeps.c: holds (those past their time expire), idempotency_keys (old ones are deleted), snapshots (of system accounts), wallet_returns (money not accepted into a wallet goes back), …';

-- migrate:down
DELETE FROM sweep WHERE name = 'wallet_returns';
