-- Delegated views: whom the owner of an account lets look at it; and ways to what is in flight.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE view_grant (
    person_key bigint NOT NULL,
    viewer_person_key bigint NOT NULL CHECK (viewer_person_key <> person_key),
    granted_at timestamptz NOT NULL,
    ended_at timestamptz CHECK (ended_at >= granted_at),
    expires_on date NOT NULL,
    view_grant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    viewer_id uuid NOT NULL,
    family_member_id uuid,
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    scope text NOT NULL CHECK (scope IN ('balance', 'balance_and_entries')),
    state text NOT NULL CHECK (state IN ('granted', 'revoked', 'expired')),
    PRIMARY KEY (person_key, view_grant_id),
    CHECK ((ended_at IS NULL) = (state = 'granted'))
);
COMMENT ON TABLE view_grant IS 'Whom the owner of an account lets look at it (the money is shared, the card is not); the row is the owner''s';
COMMENT ON COLUMN view_grant.person_key IS 'Owner of the account';
COMMENT ON COLUMN view_grant.viewer_person_key IS 'Who may look';
COMMENT ON COLUMN view_grant.granted_at IS 'Instant from which, real time as of every look';
COMMENT ON COLUMN view_grant.ended_at IS 'Instant at which it was over, real time; null while it is not';
COMMENT ON COLUMN view_grant.expires_on IS 'Last day in Shanghai on which it holds';
COMMENT ON COLUMN view_grant.view_grant_id IS 'Id, with the owner''s key';
COMMENT ON COLUMN view_grant.account_id IS 'Account that may be looked at';
COMMENT ON COLUMN view_grant.viewer_id IS 'Public id of who may look';
COMMENT ON COLUMN view_grant.family_member_id IS 'Family member by which the viewer was named; null when by number and name';
COMMENT ON COLUMN view_grant.pool_code IS 'Pool of the account';
COMMENT ON COLUMN view_grant.scope IS 'What may be seen: the balance, or the entries too';
COMMENT ON COLUMN view_grant.state IS 'Of machine view_grant';
CREATE UNIQUE INDEX view_grant_one_open ON view_grant (person_key, account_id, viewer_person_key) WHERE state = 'granted';
COMMENT ON INDEX view_grant_one_open IS 'Each may look at an account by one grant at a time; asked with every look of a relative';
CREATE INDEX view_grant_account ON view_grant (person_key, account_id, view_grant_id);
COMMENT ON INDEX view_grant_account IS 'Whom an owner lets look, newest first';
CREATE INDEX view_grant_viewer ON view_grant (viewer_person_key, view_grant_id);
COMMENT ON INDEX view_grant_viewer IS 'What somebody may look at, newest first';
CREATE INDEX view_grant_due ON view_grant (expires_on) WHERE state = 'granted';
COMMENT ON INDEX view_grant_due IS 'What runs out';

GRANT SELECT, INSERT ON view_grant TO yibao_app;
GRANT UPDATE (state, ended_at) ON view_grant TO yibao_app;
INSERT INTO sweep (name, next_at) VALUES ('view_grants', '-infinity');

-- What is in flight, newest first; what is over is in none of these.
CREATE INDEX wallet_transfer_open ON wallet_transfer (person_key, account_id, wallet_transfer_id) WHERE state = 'pending';
COMMENT ON INDEX wallet_transfer_open IS 'What is on its way out of an account';
CREATE INDEX wallet_transfer_coming ON wallet_transfer (receiver_person_key, wallet_transfer_id) WHERE state = 'pending';
COMMENT ON INDEX wallet_transfer_coming IS 'What somebody has been sent and not answered yet';
CREATE INDEX family_member_asked ON family_member (member_person_key, family_member_id) WHERE state = 'invited';
COMMENT ON INDEX family_member_asked IS 'What somebody is invited to';
CREATE INDEX family_member_guardian_asked ON family_member (guardian_person_key, family_member_id) WHERE state = 'invited';
COMMENT ON INDEX family_member_guardian_asked IS 'What somebody decides about as a guardian';

-- migrate:down
DROP INDEX wallet_transfer_open, wallet_transfer_coming, family_member_asked, family_member_guardian_asked;
DELETE FROM sweep WHERE name = 'view_grants';
DROP TABLE view_grant;
