-- Refunds say which payers of a charge they passed over, since their accounts take nothing back.
-- SPDX-License-Identifier: Apache-2.0

-- migrate:up

ALTER TABLE charge_refund ADD COLUMN passed_over integer[];
COMMENT ON COLUMN charge_refund.passed_over IS
    'Places of payers of the charge who got nothing back since their accounts were closed, though they paid later; null: nobody';

-- migrate:down

ALTER TABLE charge_refund DROP COLUMN passed_over;
