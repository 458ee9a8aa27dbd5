-- Reads wallets, and what their people may still send today; without an account where none is open.
-- SPDX-License-Identifier: Apache-2.0
-- No row when the person is absent or has nothing in the visible pools.
-- mode: set
-- lane: read
-- repeatable: yes
-- param: person_key int8
-- param: person_id uuid
-- param: visible text
-- param: business_date date
-- param: instant instant
-- column: ord int8
-- column: person_id uuid
-- column: account_id uuid
-- column: status text
-- column: opened_at instant
-- column: balance_fen int8
-- column: held_fen int8
-- column: available_fen int8
-- column: transfer_max_fen int8
-- column: transfers_a_day int8
-- column: transfers_left_today int8
-- column: quiet_from text
-- column: quiet_until text
-- column: is_quiet_now bool
-- column: returns_at text
SELECT asked.ord, person.person_id, wallet.account_id, wallet.status, wallet.opened_at,
       wallet.current_year_fen + wallet.carried_over_fen, wallet.held_fen,
       wallet.current_year_fen + wallet.carried_over_fen - wallet.held_fen, rule.transfer_max_fen,
       rule.transfers_a_day::bigint, greatest(rule.transfers_a_day - sent.count, 0),
       to_char(rule.quiet_from, 'HH24:MI'), to_char(rule.quiet_until, 'HH24:MI'),
       wallet_is_quiet(rule.quiet_from, rule.quiet_until, asked.instant),
       to_char(rule.returns_at, 'HH24:MI')
  FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::date[], $5::timestamptz[]) WITH ORDINALITY
       AS asked (person_key, person_id, visible, business_date, instant, ord)
  JOIN person ON person.person_key = asked.person_key AND person.person_id = asked.person_id
  JOIN LATERAL wallet_rule_at(asked.business_date) AS rule ON true
  LEFT JOIN account AS wallet ON wallet.person_key = asked.person_key AND wallet.pool_code = '000000'
 CROSS JOIN LATERAL (SELECT count(*) AS count FROM wallet_transfer
                      WHERE wallet_transfer.person_key = asked.person_key
                        AND wallet_transfer.business_date = asked.business_date) AS sent
 WHERE asked.visible IS NULL OR person_is_visible(asked.person_key, asked.visible)
 ORDER BY asked.ord
