-- How an account of a pool reaches a relative: directly, by wallet, or not at all.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. Outcomes, by precedence:
--   member_not_enrolled   the relative is not on record, dead, or without an enrolment in force in a basic scheme
--                         (active, or closing because a transfer is under way)
--   direct                one of their enrolments is within the reach of the rule
--   wallet                one is in another province, and the rule lets money go there by wallet
--   member_out_of_reach   neither
CREATE OR REPLACE FUNCTION family_way(
    asked_pool_code text, asked_reach text, is_wallet_allowed boolean, member_key bigint, asked_day date)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT CASE WHEN count(*) = 0 THEN 'member_not_enrolled'
                    WHEN bool_or(asked_reach = 'nation' OR enrolment.pool_code = asked_pool_code
                                 OR (asked_reach = 'province'
                                     AND left(enrolment.pool_code, 2) = left(asked_pool_code, 2))) THEN 'direct'
                    WHEN is_wallet_allowed
                         AND bool_or(left(enrolment.pool_code, 2) <> left(asked_pool_code, 2)) THEN 'wallet'
                    ELSE 'member_out_of_reach' END
          FROM person
          JOIN enrolment ON enrolment.person_key = person.person_key
         WHERE person.person_key = member_key AND person.deceased_on IS NULL
           AND enrolment.status IN ('active', 'closing') AND enrolment.started_on <= asked_day);
END
$$;
COMMENT ON FUNCTION family_way(text, text, boolean, bigint, date) IS
    'How an account of a pool reaches a relative: direct, wallet, member_out_of_reach or member_not_enrolled';
