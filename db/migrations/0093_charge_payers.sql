-- One charge, several payers: in which order they pay, and what a charge's own account pays beside the others.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE charge_rule ADD COLUMN payer_order text[] NOT NULL DEFAULT '{own,wallet,family}'
    CHECK (payer_order <@ '{own,wallet,family}'::text[]);
COMMENT ON COLUMN charge_rule.payer_order IS 'Who pays what the account that is charged does not have, in this order: own (older accounts of the same person, oldest first), wallet, family (sharers, in the order in which they began); who is missing pays nothing';

ALTER TABLE charge ADD COLUMN shared_fen bigint NOT NULL DEFAULT 0, ADD COLUMN shared_captured_fen bigint NOT NULL DEFAULT 0,
    ADD COLUMN shared_refunded_fen bigint NOT NULL DEFAULT 0, ALTER COLUMN account_id DROP NOT NULL,
    DROP CONSTRAINT charge_check4,
    ADD CONSTRAINT charge_captured_parts CHECK (captured_fen = current_year_fen + carried_over_fen + shared_captured_fen) NOT VALID,
    ADD CONSTRAINT charge_shared CHECK (shared_fen BETWEEN 0 AND amount_fen) NOT VALID,
    ADD CONSTRAINT charge_shared_captured CHECK (shared_captured_fen BETWEEN 0 AND shared_fen) NOT VALID,
    ADD CONSTRAINT charge_shared_refunded CHECK (shared_refunded_fen BETWEEN 0 AND least(shared_captured_fen, refunded_fen)) NOT VALID,
    ADD CONSTRAINT charge_without_account CHECK (account_id IS NOT NULL OR shared_fen = amount_fen) NOT VALID;
ALTER TABLE charge VALIDATE CONSTRAINT charge_captured_parts;
ALTER TABLE charge VALIDATE CONSTRAINT charge_shared;
ALTER TABLE charge VALIDATE CONSTRAINT charge_shared_captured;
ALTER TABLE charge VALIDATE CONSTRAINT charge_shared_refunded;
ALTER TABLE charge VALIDATE CONSTRAINT charge_without_account;
COMMENT ON COLUMN charge.person_key IS 'Person for whom was charged, whose account pays first';
COMMENT ON COLUMN charge.captured_fen IS 'Amount taken, from all payers together, fen: 0 until captured';
COMMENT ON COLUMN charge.current_year_fen IS 'Of captured_fen, what the current-year part of account_id paid, fen';
COMMENT ON COLUMN charge.carried_over_fen IS 'Of captured_fen, what the carried-over part of account_id paid, fen';
COMMENT ON COLUMN charge.refunded_fen IS 'Sum of its refunds, to all payers together, fen';
COMMENT ON COLUMN charge.account_id IS 'Account that was charged and pays first; null where the person has none and others pay all';
COMMENT ON COLUMN charge.pool_code IS 'Pool of the account; where there is none, that of the person''s enrolment';
COMMENT ON COLUMN charge.shared_fen IS 'Of amount_fen, what other payers were to pay (charge_share), fen';
COMMENT ON COLUMN charge.shared_captured_fen IS 'Of captured_fen, what other payers paid, fen';
COMMENT ON COLUMN charge.shared_refunded_fen IS 'Of refunded_fen, what other payers were given back, fen';
COMMENT ON COLUMN charge_share.created_at IS 'Instant of creation, business time: that of the charge, or of the account''s newest entry where that is later';

ALTER TABLE charge_refund ADD COLUMN shared_fen bigint NOT NULL DEFAULT 0, ALTER COLUMN account_id DROP NOT NULL,
    DROP CONSTRAINT charge_refund_check,
    ADD CONSTRAINT charge_refund_parts CHECK (amount_fen = current_year_fen + carried_over_fen + shared_fen) NOT VALID,
    ADD CONSTRAINT charge_refund_shared CHECK (shared_fen >= 0) NOT VALID,
    ADD CONSTRAINT charge_refund_without_account CHECK (account_id IS NOT NULL OR shared_fen = amount_fen) NOT VALID;
ALTER TABLE charge_refund VALIDATE CONSTRAINT charge_refund_parts;
ALTER TABLE charge_refund VALIDATE CONSTRAINT charge_refund_shared;
ALTER TABLE charge_refund VALIDATE CONSTRAINT charge_refund_without_account;
COMMENT ON COLUMN charge_refund.shared_fen IS 'Of it, what other payers of the charge received (charge_share_refund), fen';
COMMENT ON COLUMN charge_refund.account_id IS 'Account that received what is not shared_fen: the charge''s, or after a merge that of the current person in the same pool; null where the charge has none';

GRANT UPDATE (shared_captured_fen, shared_refunded_fen) ON charge TO yibao_app;

-- migrate:down
ALTER TABLE charge_refund DROP COLUMN shared_fen, ALTER COLUMN account_id SET NOT NULL,
    ADD CONSTRAINT charge_refund_check CHECK (amount_fen = current_year_fen + carried_over_fen);
ALTER TABLE charge DROP COLUMN shared_fen, DROP COLUMN shared_captured_fen, DROP COLUMN shared_refunded_fen,
    ALTER COLUMN account_id SET NOT NULL, ADD CONSTRAINT charge_check4 CHECK (captured_fen = current_year_fen + carried_over_fen);
ALTER TABLE charge_rule DROP COLUMN payer_order;
