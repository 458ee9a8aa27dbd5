-- On whom something in flight waits: the part of state_step that takes the next step.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. machine: of state_step, or hold and consent_request, which have no machine. has_guardian: of what a
-- relative is to answer, that a guardian does. A plain expression, so that it is inlined.
CREATE OR REPLACE FUNCTION pending_waits_on(machine text, state text, has_guardian boolean)
RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE machine
    WHEN 'hold' THEN 'institution'
    WHEN 'wallet_transfer' THEN CASE WHEN has_guardian THEN 'guardian' ELSE 'receiver' END
    WHEN 'family_member' THEN CASE WHEN has_guardian THEN 'guardian' ELSE 'member' END
    WHEN 'consent_request' THEN 'person'
    WHEN 'withdrawal' THEN CASE state WHEN 'submitted' THEN 'reviewer' WHEN 'reviewed' THEN 'second_reviewer'
                                      WHEN 'approved' THEN 'agency' WHEN 'bounced' THEN 'person' ELSE 'bank' END
    ELSE CASE WHEN state = 'submitted' AND machine = 'transfer' THEN 'both_desks'
              WHEN state IN ('checked_out', 'in_review') THEN 'in_desk'
              WHEN state = 'paying' THEN 'bank' ELSE 'out_desk' END END;
COMMENT ON FUNCTION pending_waits_on(text, text, boolean) IS
    'On whom something in flight waits: the part that takes the next step';
