-- Reads what an account allows in each status, and which status may follow it.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- column: status text
-- column: allowed text
-- column: forbidden text
-- column: may_become text
SELECT rule.status,
       coalesce(string_agg(rule.operation, ',' ORDER BY rule.operation) FILTER (WHERE rule.allowed), ''),
       coalesce(string_agg(rule.operation, ',' ORDER BY rule.operation) FILTER (WHERE NOT rule.allowed), ''),
       coalesce((SELECT string_agg(next.to_status, ',' ORDER BY next.to_status)
                   FROM account_status_transition AS next
                  WHERE next.from_status = rule.status AND next.allowed), '')
  FROM account_status_rule AS rule
 GROUP BY rule.status
 ORDER BY array_position('{active,suspended,frozen,spend_only,deceased,closed}', rule.status)
