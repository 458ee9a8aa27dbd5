-- What of a family member changes with time, as it is kept with the answer to a request.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. Outcomes: an object without personal data.
CREATE OR REPLACE FUNCTION family_member_now(asked family_member)
RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN jsonb_build_object(
        'state', asked.state, 'changed_at', asked.changed_at, 'activated_at', asked.activated_at,
        'ended_at', asked.ended_at, 'ends_not_before', asked.ends_not_before,
        'charge_limit_fen', asked.charge_limit_fen, 'month_limit_fen', asked.month_limit_fen,
        'year_limit_fen', asked.year_limit_fen, 'usages', array_to_string(asked.usages, ','));
END
$$;
COMMENT ON FUNCTION family_member_now(family_member) IS
    'What of a family member changes with time, as it is kept with the answer to a request';
