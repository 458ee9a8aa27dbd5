-- What a sharer's account has paid, or holds, for a member in a stretch of business days, less what was given back.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. What was charged counts on the day of the charge, also when it was captured later.
CREATE OR REPLACE FUNCTION family_member_used(
    asked_person_key bigint, asked_family_member_id uuid, asked_from date, asked_until date)
RETURNS numeric
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(sum(CASE share.state WHEN 'held' THEN share.amount_fen
                                     ELSE share.captured_fen - share.refunded_fen END), 0)
              FROM charge_share AS share
             WHERE share.person_key = asked_person_key AND share.family_member_id = asked_family_member_id
               AND share.business_date >= asked_from AND share.business_date < asked_until);
END
$$;
COMMENT ON FUNCTION family_member_used(bigint, uuid, date, date) IS
    'What a sharer''s account has paid or holds for a member on business days from one to before another, less refunds';
