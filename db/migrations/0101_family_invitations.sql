-- A way to the invitations of an account that are not answered, whatever has become of earlier ones.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE INDEX family_member_inviting ON family_member (person_key, account_id, family_member_id) WHERE state = 'invited';
COMMENT ON INDEX family_member_inviting IS 'Whom an owner has invited and who has not answered yet';

-- migrate:down
DROP INDEX family_member_inviting;
