-- What relatives use: only of an account that was shared with them then, for what and as much as its owner let them.
-- SPDX-License-Identifier: Apache-2.0
-- Limits and uses are proved where they were never set anew: what they were before is not kept.
WITH share AS (
    SELECT *, CASE state WHEN 'held' THEN amount_fen WHEN 'captured' THEN captured_fen - refunded_fen
                   ELSE 0 END AS net_fen
    FROM charge_share
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND payer_kind = 'family'
), member AS (
    SELECT family_member.*,
           NOT EXISTS (SELECT FROM state_change AS step
                        WHERE step.person_key = family_member.person_key
                          AND step.object_id = family_member.family_member_id
                          AND step.event = 'change') AS is_as_invited
    FROM family_member
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
)
SELECT 'charge_share', share.share_id::text, fault.column_name, fault.expected, fault.found
FROM share
LEFT JOIN member ON member.person_key = share.person_key AND member.family_member_id = share.family_member_id
CROSS JOIN LATERAL (
    SELECT 'family_member_id', 'a member of the account', share.family_member_id::text
    WHERE member.account_id IS DISTINCT FROM share.account_id
    UNION ALL
    SELECT 'charge_person_key', 'the member, ' || member.member_person_key, share.charge_person_key::text
    WHERE member.member_person_key <> share.charge_person_key
    UNION ALL
    SELECT 'created_at', 'while it was shared, from ' || coalesce(member.activated_at::text, 'never') || ' until '
           || coalesce(member.ended_at::text, 'now'), share.created_at::text
    WHERE member.account_id IS NOT NULL
      AND (share.created_at BETWEEN member.activated_at AND coalesce(member.ended_at, 'infinity')) IS NOT TRUE
    UNION ALL
    SELECT 'family_member_id', 'a member whose charges the account pays', member.way WHERE member.way <> 'direct'
    UNION ALL
    SELECT 'usage', 'one of ' || array_to_string(member.usages, ','), share.usage
    WHERE member.is_as_invited AND NOT share.usage = ANY (member.usages)
    UNION ALL
    SELECT 'amount_fen', 'no more than ' || member.charge_limit_fen, share.amount_fen::text
    WHERE member.is_as_invited AND share.amount_fen > member.charge_limit_fen
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'family_member', used.family_member_id::text, used.column_name,
       'no more than ' || used.most_fen || ' in ' || used.span,
       used.net_fen::text
FROM (SELECT share.family_member_id, span.column_name, span.most_fen, to_char(share.business_date, span.form) AS span,
             sum(share.net_fen) AS net_fen
      FROM share
      JOIN member ON member.person_key = share.person_key AND member.family_member_id = share.family_member_id
      CROSS JOIN LATERAL (VALUES ('month_limit_fen', member.month_limit_fen, 'YYYY-MM'),
                                 ('year_limit_fen', member.year_limit_fen, 'YYYY'))
                                    AS span (column_name, most_fen, form)
      WHERE member.is_as_invited AND span.most_fen IS NOT NULL
      GROUP BY share.person_key, share.family_member_id, span.column_name, span.most_fen,
               to_char(share.business_date, span.form)
     ) AS used
WHERE used.net_fen > used.most_fen
