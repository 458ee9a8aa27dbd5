-- A refund says what each part of the charge gets back, and where last year's current-year money goes.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE charge_refund ADD COLUMN current_year_into text NOT NULL DEFAULT 'current_year'
    CHECK (current_year_into IN ('current_year', 'carried_over'));
COMMENT ON COLUMN charge_refund.current_year_into IS 'Part of the balance that current_year_fen went to: carried_over where the account year in which the charge was taken had ended';
COMMENT ON COLUMN charge_refund.current_year_fen IS 'Of it, what gives back the current_year_fen of the charge, fen; never more than that in all';
COMMENT ON COLUMN charge_refund.carried_over_fen IS 'Of it, what gives back the carried_over_fen of the charge, fen; never more than that in all';
COMMENT ON COLUMN charge_refund.current_year_entry_id IS 'Ledger entry of current_year_fen, linked to the charge''s; its part is current_year_into; null when that is 0';

-- migrate:down
ALTER TABLE charge_refund DROP COLUMN current_year_into;
COMMENT ON COLUMN charge_refund.current_year_fen IS 'Of it, what the current-year part received, fen';
COMMENT ON COLUMN charge_refund.carried_over_fen IS 'Of it, what the carried-over part received, fen';
COMMENT ON COLUMN charge_refund.current_year_entry_id IS 'Ledger entry of current_year_fen, linked to the charge''s; null when that is 0';
