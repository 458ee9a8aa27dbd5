-- The interest that an account has borne since it was last posted, up to a day, and that settling it then would pay.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: fen; 0 where its status bears none, or a year has no rule or rate. Where a whole year is still
-- open, what its interest would bear since is left out: settling posts one year after the other,
-- and may come to a little more.
CREATE OR REPLACE FUNCTION interest_due(asked_person_key bigint, asked_account_id uuid, until date) RETURNS bigint
    LANGUAGE sql STABLE AS $$
SELECT coalesce(sum(reckoned.current_year_interest_fen + reckoned.carried_over_interest_fen), 0)::bigint
  FROM (SELECT array_agg(asked_person_key) AS person_keys, array_agg(asked_account_id) AS account_ids,
               array_agg(days.pool_code ORDER BY days.from_day) AS pool_codes,
               array_agg(days.year_start ORDER BY days.from_day) AS year_starts,
               array_agg(days.from_day ORDER BY days.from_day) AS from_days,
               array_agg(days.to_day ORDER BY days.from_day) AS to_days
          FROM interest_open_days(asked_person_key, asked_account_id, until) AS days) AS open,
       interest_reckon(open.person_keys, open.account_ids, open.pool_codes, open.year_starts, open.from_days,
                       open.to_days) AS reckoned
 WHERE reckoned.fault IS NULL
   AND EXISTS (SELECT FROM account
                 JOIN account_status_rule AS rule ON rule.status = account.status AND rule.operation = 'interest'
                WHERE account.person_key = asked_person_key AND account.account_id = asked_account_id AND rule.allowed)
$$;
COMMENT ON FUNCTION interest_due(bigint, uuid, date) IS
    'The interest that an account has borne since it was last posted, up to a day, fen';
