-- Names that are given with numbers count as attempts, of the person who gives them; family members have their sweeps.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE attempt_limit DROP CONSTRAINT attempt_limit_kind_check,
    ADD CONSTRAINT attempt_limit_kind_check CHECK (kind IN ('password', 'pin', 'code', 'sms', 'name'));
ALTER TABLE attempt DROP CONSTRAINT attempt_kind_check,
    ADD CONSTRAINT attempt_kind_check CHECK (kind IN ('password', 'pin', 'code', 'sms', 'name')),
    DROP CONSTRAINT attempt_source_kind_check,
    ADD CONSTRAINT attempt_source_kind_check CHECK (source_kind IN ('address', 'phone', 'client', 'person'));
COMMENT ON TABLE attempt IS 'Attempts that count against a limit: wrong passwords, PINs and codes, each text message asked for, and names that do not belong to the number given with them. Numbers and sources only as keyed hashes';
COMMENT ON COLUMN attempt_limit.kind IS 'password, pin, code: wrong ones; sms: each text message asked for; name: a number given with a name that is not its person''s, or that nobody insured has';
COMMENT ON COLUMN attempt.kind IS 'password, pin, code, sms or name';
COMMENT ON COLUMN attempt.subject IS 'Keyed hash (hash_attempt; of a name hash_citizen_number) of the number that was given, whether anybody has it or not; 32 bytes';
COMMENT ON COLUMN attempt.source_kind IS 'address (prefix of a network address), phone (of a caller), client or person (who is signed in)';
INSERT INTO attempt_limit (kind, scope, window_s, at_most) VALUES
    ('name', 'pair', 86400, 5), ('name', 'source', 3600, 10), ('name', 'source', 86400, 20);

COMMENT ON COLUMN sweep.name IS 'holds (those past their time expire), idempotency_keys (old ones are deleted), snapshots (of system accounts), family_invitations (those past their time expire), family_members (those that nothing can be shared with any more end), and so on: cli/sweeps.c says when';
INSERT INTO sweep (name, next_at) VALUES ('family_invitations', '-infinity'), ('family_members', '-infinity');

CREATE INDEX family_member_active ON family_member (person_key, family_member_id) WHERE state = 'active';
COMMENT ON INDEX family_member_active IS 'What is shared now, in the order in which the sweep goes through it';
CREATE INDEX family_member_account ON family_member (person_key, account_id, family_member_id);
COMMENT ON INDEX family_member_account IS 'Members of an account, newest last';

-- migrate:down
DROP INDEX family_member_account, family_member_active;
DELETE FROM sweep WHERE name IN ('family_invitations', 'family_members');
DELETE FROM attempt WHERE kind = 'name';
DELETE FROM attempt_limit WHERE kind = 'name';
ALTER TABLE attempt DROP CONSTRAINT attempt_source_kind_check,
    ADD CONSTRAINT attempt_source_kind_check CHECK (source_kind IN ('address', 'phone', 'client')),
    DROP CONSTRAINT attempt_kind_check,
    ADD CONSTRAINT attempt_kind_check CHECK (kind IN ('password', 'pin', 'code', 'sms'));
ALTER TABLE attempt_limit DROP CONSTRAINT attempt_limit_kind_check,
    ADD CONSTRAINT attempt_limit_kind_check CHECK (kind IN ('password', 'pin', 'code', 'sms'));
