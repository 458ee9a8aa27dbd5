-- Proposals may be adjustments of balances.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
-- Which kinds there are stands with their functions (proposal_apply_<kind>): a kind without one is refused.
ALTER TABLE proposal DROP CONSTRAINT IF EXISTS proposal_kind_check;
ALTER TABLE proposal ADD CONSTRAINT proposal_kind_check CHECK (kind ~ '^[a-z_]{1,40}$') NOT VALID;
COMMENT ON COLUMN proposal.kind IS 'What would be done, by proposal_apply_<kind>: correct_person, correct_enrolment, change_account_status, merge_people, reverse_contribution, post_adjustment, or post_<kind of a job>';

-- migrate:down
ALTER TABLE proposal DROP CONSTRAINT proposal_kind_check;
ALTER TABLE proposal ADD CONSTRAINT proposal_kind_check CHECK (kind IN ('correct_person', 'correct_enrolment',
    'change_account_status', 'merge_people', 'reverse_contribution', 'post_import')) NOT VALID;
