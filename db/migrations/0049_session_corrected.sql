-- Sessions also end when what their person proved themselves with was corrected.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
ALTER TABLE session DROP CONSTRAINT session_end_reason_check;
ALTER TABLE session ADD CONSTRAINT session_end_reason_check
    CHECK (end_reason IN ('signed_out', 'signed_out_everywhere', 'password_changed', 'refresh_reused', 'person_gone',
                          'person_corrected')) NOT VALID;
ALTER TABLE session VALIDATE CONSTRAINT session_end_reason_check;
COMMENT ON COLUMN session.end_reason IS 'signed_out, signed_out_everywhere, password_changed, refresh_reused (an old refresh token came back: one of two holders is a thief), person_gone, or person_corrected (phone, number or date of death changed, or the record was merged); null while not ended';

-- migrate:down
UPDATE session SET end_reason = 'person_gone' WHERE end_reason = 'person_corrected';
ALTER TABLE session DROP CONSTRAINT session_end_reason_check;
ALTER TABLE session ADD CONSTRAINT session_end_reason_check
    CHECK (end_reason IN ('signed_out', 'signed_out_everywhere', 'password_changed', 'refresh_reused', 'person_gone'));
