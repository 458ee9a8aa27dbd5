-- How accounts of a region are shared with relatives, of family_rules.csv.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: rows that differ. Outcomes: the number of rows inserted or updated.
INSERT INTO family_rule (region_code, effective_from, relations, usages, members_max, is_one_group, least_days,
                         invitation_days, reach, is_wallet_allowed, source)
SELECT region, effective_from::date, string_to_array(relations, ' '), string_to_array(usages, ' '),
       members_max::integer, is_one_group::boolean, least_days::integer, invitation_days::integer, reach,
       is_wallet_allowed::boolean, source
  FROM loaded
    ON CONFLICT (region_code, effective_from) DO UPDATE
   SET relations = excluded.relations, usages = excluded.usages, members_max = excluded.members_max,
       is_one_group = excluded.is_one_group, least_days = excluded.least_days,
       invitation_days = excluded.invitation_days, reach = excluded.reach,
       is_wallet_allowed = excluded.is_wallet_allowed, source = excluded.source
 WHERE family_rule IS DISTINCT FROM excluded
