-- Proposals: what one member of staff asks for and another decides, wherever money or identity changes.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE proposal (
    proposal_id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('correct_person', 'correct_enrolment', 'change_account_status', 'merge_people',
        'reverse_contribution', 'post_import')),
    person_key bigint,
    object_id uuid,
    pool_code text CHECK (pool_code ~ '^[0-9]{6}$'),
    payload jsonb NOT NULL CHECK (jsonb_typeof(payload) = 'object'),
    reason text NOT NULL CHECK (octet_length(reason) BETWEEN 1 AND 2000),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'rejected', 'withdrawn')),
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    decision_reason text CHECK (octet_length(decision_reason) BETWEEN 1 AND 2000),
    outcome jsonb CHECK (jsonb_typeof(outcome) = 'object'),
    CHECK ((state = 'open') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((state = 'approved') = (outcome IS NOT NULL)),
    CHECK (state <> 'approved' OR decided_by <> proposed_by),
    CHECK (state <> 'rejected' OR decided_by <> proposed_by),
    CHECK (state <> 'withdrawn' OR decided_by = proposed_by)
);
COMMENT ON TABLE proposal IS 'Changes to money or identity that one member of staff proposed and another decides; approving applies the change in the same transaction (docs/proposals.md)';
COMMENT ON COLUMN proposal.proposal_id IS 'Public id; ends with the person''s key where it concerns one person';
COMMENT ON COLUMN proposal.kind IS 'What would be done, by proposal_apply_<kind>: correct_person, correct_enrolment, change_account_status, merge_people, reverse_contribution or post_import';
COMMENT ON COLUMN proposal.person_key IS 'Person it concerns; null when no one person';
COMMENT ON COLUMN proposal.object_id IS 'What it would change: person, enrolment, account, contribution or import; null when none';
COMMENT ON COLUMN proposal.pool_code IS 'Pool of the object. Without a person it says who may see the proposal; null then: only who sees every pool';
COMMENT ON COLUMN proposal.payload IS 'What is to be changed, as its kind defines it; personal data only sealed (associated data of the column it is meant for) and as keyed hashes, both as hex';
COMMENT ON COLUMN proposal.reason IS 'Why, in the words of who proposed it; never personal data';
COMMENT ON COLUMN proposal.state IS 'open, approved (and applied), rejected or withdrawn';
COMMENT ON COLUMN proposal.proposed_by IS 'Subject id of who proposed it';
COMMENT ON COLUMN proposal.proposed_at IS 'Instant of the proposal, real time';
COMMENT ON COLUMN proposal.decided_by IS 'Subject id of who decided it, never who proposed it but for a withdrawal; null while open';
COMMENT ON COLUMN proposal.decided_at IS 'Instant of the decision, real time; null while open';
COMMENT ON COLUMN proposal.decision_reason IS 'Why it was decided so; null where no reason was given; never personal data';
COMMENT ON COLUMN proposal.outcome IS 'What applying it did, as its kind defines it; null unless approved; never personal data';

CREATE UNIQUE INDEX proposal_one_open ON proposal (object_id, kind) WHERE state = 'open';
COMMENT ON INDEX proposal_one_open IS 'The same thing is not proposed twice at once';
CREATE INDEX proposal_open ON proposal (proposal_id) WHERE state = 'open';
COMMENT ON INDEX proposal_open IS 'The list is mostly asked for what is open; ids begin with the time';
CREATE INDEX proposal_person ON proposal (person_key, proposal_id) WHERE person_key IS NOT NULL;

GRANT SELECT, INSERT ON proposal TO yibao_app;
-- What was proposed, and by whom, never changes.
GRANT UPDATE (state, decided_by, decided_at, decision_reason, outcome) ON proposal TO yibao_app;

-- migrate:down
DROP TABLE proposal;
