-- What the desks of transfers need besides the tables of 0092.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE transfer ADD COLUMN from_enrolment_status text CHECK (from_enrolment_status IN ('active', 'suspended'));
COMMENT ON COLUMN transfer.from_enrolment_status IS 'Status of the old enrolment before the application, which it has again when the transfer is refused or cancelled; null: active';
COMMENT ON COLUMN interest_posting.proposal_id IS 'Proposal whose approval posted it (post_interest, post_account_interest, merge_people), or the transfer that took the money out; null otherwise';

-- migrate:down
COMMENT ON COLUMN interest_posting.proposal_id IS 'Proposal whose approval posted it';
ALTER TABLE transfer DROP COLUMN from_enrolment_status;
