-- How long an owner has to wait before inviting another relative; 0: not at all.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none; the caller has locked the account. Every invitation of the owner counts (attempt_limit, kind invitation),
-- also those that were taken back, refused or have expired:
-- else inviting and taking back again and again would be free.
CREATE OR REPLACE FUNCTION family_invitation_wait(owner_key bigint, instant timestamptz) RETURNS integer
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((
        SELECT max(ceil(extract(epoch FROM oldest.invited_at - instant)) + allowed.window_s)::integer
          FROM attempt_limit AS allowed
         CROSS JOIN LATERAL (SELECT member.invited_at FROM family_member AS member
                              WHERE member.person_key = owner_key
                                AND member.invited_at > instant - make_interval(secs => allowed.window_s)
                              ORDER BY member.invited_at DESC
                             OFFSET allowed.at_most - 1 LIMIT 1) AS oldest
         WHERE allowed.kind = 'invitation'), 0);
END
$$;
COMMENT ON FUNCTION family_invitation_wait(bigint, timestamptz) IS
    'How long an owner has to wait before inviting another relative, seconds; 0: not at all';
