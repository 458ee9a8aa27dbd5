-- What has become of a consent.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. `is_person_current`: the person lives, and the record was not merged into another.
-- One of, by precedence: revoked, expired, ended (with the person's record, or with the client), suspended (with the
-- client), active.
CREATE OR REPLACE FUNCTION consent_state(
    revoked_at timestamptz, expires_at timestamptz, client_state text, is_person_current boolean, at timestamptz)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
SELECT CASE WHEN revoked_at IS NOT NULL THEN 'revoked'
            WHEN expires_at <= at THEN 'expired'
            WHEN NOT is_person_current OR client_state IS DISTINCT FROM 'active'
                 AND client_state IS DISTINCT FROM 'suspended'
            THEN 'ended'
            WHEN client_state = 'suspended' THEN 'suspended'
            ELSE 'active' END
$$;
COMMENT ON FUNCTION consent_state(timestamptz, timestamptz, text, boolean, timestamptz) IS
    'What has become of a consent: revoked, expired, ended, suspended or active';
