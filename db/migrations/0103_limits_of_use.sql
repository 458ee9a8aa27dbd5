-- Invitations of an owner and documents of a person are bounded by rows that an agency may change.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE attempt_limit DROP CONSTRAINT attempt_limit_kind_check,
    ADD CONSTRAINT attempt_limit_kind_check
        CHECK (kind IN ('password', 'pin', 'code', 'sms', 'name', 'invitation', 'document')),
    DROP CONSTRAINT attempt_limit_window_s_check,
    ADD CONSTRAINT attempt_limit_window_s_check CHECK (window_s BETWEEN 1 AND 31622400);
COMMENT ON COLUMN attempt_limit.kind IS 'password, pin, code: wrong ones; sms: each text message asked for; name: a number given with a name that is not its person''s, or that nobody insured has; invitation: relatives invited to an owner''s accounts, whatever became of it; document: scans of one person''s transfers and withdrawals, also those taken back. The last two are counted in business time, of the owner or person (scope source)';
INSERT INTO attempt_limit (kind, scope, window_s, at_most) VALUES
    ('invitation', 'source', 86400, 20), ('invitation', 'source', 2592000, 60), ('document', 'source', 31536000, 200);

-- migrate:down
DELETE FROM attempt_limit WHERE kind IN ('invitation', 'document');
COMMENT ON COLUMN attempt_limit.kind IS 'password, pin, code: wrong ones; sms: each text message asked for; name: a number given with a name that is not its person''s, or that nobody insured has';
ALTER TABLE attempt_limit DROP CONSTRAINT attempt_limit_kind_check,
    ADD CONSTRAINT attempt_limit_kind_check CHECK (kind IN ('password', 'pin', 'code', 'sms', 'name')),
    DROP CONSTRAINT attempt_limit_window_s_check,
    ADD CONSTRAINT attempt_limit_window_s_check CHECK (window_s BETWEEN 1 AND 2592000);
