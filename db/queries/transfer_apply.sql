-- Applies for transfers and shows each as it is now.
-- SPDX-License-Identifier: Apache-2.0
-- The columns from transfer_id on are those of transfer_get.
-- mode: set
-- lane: write
-- repeatable: yes (the key makes it happen once)
-- deferral: yes
-- distinct: person_id
-- param: transfer_id uuid
-- param: person_key int8
-- param: person_id uuid
-- param: visible text
-- param: to_region_code text
-- param: to_scheme text
-- param: bank_card_sealed bytea
-- param: who text
-- param: actor_kind text
-- param: principal_id uuid
-- param: business_date date
-- param: instant instant
-- param: key text
-- param: content_hash bytea
-- param: event_id uuid
-- param: request_id text
-- param: real_instant instant
-- param: wait bool
-- column: ord int8
-- column: status text (created, or why not)
-- column: is_replayed bool
-- column: transfer_id uuid
-- column: person_id uuid
-- column: machine text
-- column: way text
-- column: money text
-- column: state text
-- column: from_pool_code text
-- column: from_pool_name text
-- column: from_scheme text
-- column: from_enrolment_id uuid
-- column: from_account_id uuid
-- column: to_pool_code text
-- column: to_pool_name text
-- column: to_scheme text
-- column: to_enrolment_id uuid
-- column: to_account_id uuid
-- column: amount_fen int8
-- column: current_year_fen int8
-- column: carried_over_fen int8
-- column: bank_card_sealed bytea
-- column: withdrawal_id uuid
-- column: desks text
-- column: due_on date
-- column: working_days_left int4
-- column: missing_zh text
-- column: missing_en text
-- column: possible text
-- column: moves_on date
-- column: months_moved int4
-- column: reason_code text
-- column: note text
-- column: created_at instant
-- column: entered_at instant
-- column: ended_at instant
-- column: payout text (a JSON object while a bank pays the money out, else null)
-- column: words text (which words say where it is: the state, or bounced)
SELECT result.ord, result.status, result.is_replayed,
       shown.transfer_id, shown.person_id, shown.machine, shown.way, shown.money, shown.state,
       shown.from_pool_code, shown.from_pool_name, shown.from_scheme, shown.from_enrolment_id,
       shown.from_account_id, shown.to_pool_code, shown.to_pool_name, shown.to_scheme, shown.to_enrolment_id,
       shown.to_account_id, shown.amount_fen, shown.current_year_fen, shown.carried_over_fen,
       shown.bank_card_sealed, shown.withdrawal_id, shown.desks, shown.due_on, shown.working_days_left,
       shown.missing_zh, shown.missing_en, shown.possible, shown.moves_on, shown.months_moved,
       shown.reason_code, shown.note, shown.created_at, shown.entered_at, shown.ended_at,
       coalesce(payout.now::text, 'null'), CASE payout.now ->> 'state' WHEN 'bounced' THEN 'bounced'
                                                ELSE shown.state END
  FROM transfer_apply($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
       AS result
  LEFT JOIN LATERAL transfer_view(($2::bigint[])[result.ord::int], result.transfer_id,
                                  ($11::date[])[result.ord::int]) AS shown ON true
  LEFT JOIN LATERAL transfer_payout_now(person_key_of(shown.transfer_id), shown.withdrawal_id, shown.state)
       AS payout (now) ON true
 ORDER BY result.ord
