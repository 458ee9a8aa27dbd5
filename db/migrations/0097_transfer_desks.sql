-- What transfer.amount_fen says of payouts.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
COMMENT ON COLUMN transfer.amount_fen IS 'Money that left the old account, for transit or by the withdrawal of a payout, fen: the sum of both parts; 0 before, and where none leaves';

-- migrate:down
COMMENT ON COLUMN transfer.amount_fen IS 'Money that left the old account for transit, fen: the sum of both parts; 0 before, and where none moves';
