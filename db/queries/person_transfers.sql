-- Lists the newest 100 transfers of persons, the newest first; one row without a transfer where there is none.
-- SPDX-License-Identifier: Apache-2.0
-- No row at all when the person is absent or has nothing in the visible pools. Of others' transfers those are shown
-- whose old or new pool is visible.
-- mode: set
-- lane: read
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: person_id uuid
-- param: visible text
-- param: today date
-- column: ord int8
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
SELECT asked.ord,
       shown.transfer_id, shown.person_id, shown.machine, shown.way, shown.money, shown.state,
       shown.from_pool_code, shown.from_pool_name, shown.from_scheme, shown.from_enrolment_id,
       shown.from_account_id, shown.to_pool_code, shown.to_pool_name, shown.to_scheme, shown.to_enrolment_id,
       shown.to_account_id, shown.amount_fen, shown.current_year_fen, shown.carried_over_fen,
       shown.bank_card_sealed, shown.withdrawal_id, shown.desks, shown.due_on, shown.working_days_left,
       shown.missing_zh, shown.missing_en, shown.possible, shown.moves_on, shown.months_moved,
       shown.reason_code, shown.note, shown.created_at, shown.entered_at, shown.ended_at,
       coalesce(payout.now::text, 'null'), CASE payout.now ->> 'state' WHEN 'bounced' THEN 'bounced'
                                                ELSE shown.state END
  FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::date[]) WITH ORDINALITY
       AS asked (person_key, person_id, visible, today, ord)
  JOIN person ON person.person_key = asked.person_key AND person.person_id = asked.person_id
  LEFT JOIN LATERAL (
       SELECT moved.person_key, moved.transfer_id
         FROM transfer AS moved
        WHERE moved.person_key = asked.person_key
          AND (asked.visible IS NULL OR moved.from_pool_code LIKE ANY (string_to_array(asked.visible, ','))
               OR moved.to_pool_code LIKE ANY (string_to_array(asked.visible, ',')))
        ORDER BY moved.transfer_id DESC
        LIMIT 100) AS transfer ON true
  LEFT JOIN LATERAL transfer_view(transfer.person_key, transfer.transfer_id, asked.today) AS shown ON true
  LEFT JOIN LATERAL transfer_payout_now(person_key_of(shown.transfer_id), shown.withdrawal_id, shown.state)
       AS payout (now) ON true
 WHERE asked.visible IS NULL OR transfer.transfer_id IS NOT NULL OR person_is_visible(asked.person_key, asked.visible)
 ORDER BY asked.ord, transfer.transfer_id DESC
