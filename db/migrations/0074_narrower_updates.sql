-- The runtime role changes how far runs and sweeps are, and not what they are.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
REVOKE UPDATE ON interest_run, interest_run_pool, interest_run_skip, sweep, ledger_close FROM yibao_app;
GRANT UPDATE (phase, accounts_done, accounts_total, after_pool_code, after_person_key) ON interest_run TO yibao_app;
GRANT UPDATE (due_accounts, due_current_year_fen, due_carried_over_fen, due_carried_fen, posted_accounts,
              posted_current_year_fen, posted_carried_over_fen, posted_carried_fen) ON interest_run_pool TO yibao_app;
GRANT UPDATE (accounts) ON interest_run_skip TO yibao_app;
GRANT UPDATE (next_at, last_at, lease_owner, lease_until) ON sweep TO yibao_app;
GRANT UPDATE (open_from, horizon, cut_at) ON ledger_close TO yibao_app;

-- migrate:down
GRANT UPDATE ON interest_run, interest_run_pool, interest_run_skip, sweep, ledger_close TO yibao_app;
