-- Versions of credit policies are activated by proposals, at an instant of business time.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
COMMENT ON COLUMN credit_policy.activated_at IS 'Instant of its approval, business time; of one that was shipped its first month; null: a draft. It counts from effective_from on, whenever that is';
COMMENT ON COLUMN proposal.kind IS 'What would be done, by proposal_apply_<kind>: correct_person, correct_enrolment, change_account_status, merge_people, reverse_contribution, post_adjustment, activate_credit_policy, or post_<kind of a job>';

-- migrate:down
COMMENT ON COLUMN credit_policy.activated_at IS 'Instant from which it counts, real time; null: a draft';
