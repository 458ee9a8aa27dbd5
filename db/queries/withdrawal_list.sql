-- Reads a person's withdrawals, newest first, or one of them; one row without one where there is none.
-- SPDX-License-Identifier: Apache-2.0
-- No row at all when the person is absent or has nothing in the visible pools. A person has a few in a life.
-- lane: slow
-- repeatable: yes
-- replica: yes
-- param: person_key int8
-- param: person_id uuid (null: whoever has that key)
-- param: withdrawal_id uuid (null: all)
-- param: visible text
-- param: language text (zh or en)
-- column: person_id uuid
-- column: pool_code text
-- column: withdrawal_id uuid
-- column: account_id uuid
-- column: transfer_id uuid
-- column: reason text
-- column: state text
-- column: amount_fen int8
-- column: current_year_fen int8
-- column: carried_over_fen int8
-- column: created_at instant
-- column: changed_at instant
-- column: paid_on date
-- column: paid_by text
-- column: payee_kind text
-- column: bounce_code text
-- column: payout_file_id uuid
-- column: payout_refusal text (code; null: none, or it is not to be paid out now)
-- column: bank_card_sealed bytea
-- column: bank_card_of text
-- column: payee_name_sealed bytea
-- column: payee_name_of text
-- column: materials text (a JSON array; empty once it is decided)
-- column: missing text (a JSON array of kinds of documents)
SELECT person.person_id, w.pool_code, w.withdrawal_id, w.account_id, w.transfer_id, w.reason, w.state, w.amount_fen,
       w.current_year_fen, w.carried_over_fen, w.created_at, w.changed_at, w.paid_on, w.paid_by, w.payee_kind,
       w.bounce_code, w.payout_file_id,
       CASE WHEN w.state IN ('approved', 'bounced') THEN withdrawal_payee_fault(w) END, w.bank_card_sealed,
            w.bank_card_of, w.payee_name_sealed, w.payee_name_of,
       coalesce(needed.materials, '[]')::text, coalesce(needed.missing, '[]')::text
  FROM person
  LEFT JOIN withdrawal AS w ON w.person_key = person.person_key AND ($3::uuid IS NULL OR w.withdrawal_id = $3)
       AND ($4::text IS NULL OR w.pool_code LIKE ANY (string_to_array($4, ',')))
  LEFT JOIN LATERAL (
       SELECT jsonb_agg(jsonb_build_object(
                  'document_kind', m.document_kind, 'name', CASE $5::text WHEN 'en' THEN m.name_en ELSE m.name_zh END,
                  'is_required', m.is_required, 'is_there', m.is_there)) AS materials,
              jsonb_agg(m.document_kind) FILTER (WHERE m.is_required AND NOT m.is_there) AS missing
         FROM materials_needed(w.pool_code, w.reason, w.person_key, w.withdrawal_id) AS m) AS needed
    ON w.state IN ('submitted', 'reviewed')
 WHERE person.person_key = $1 AND ($2::uuid IS NULL OR person.person_id = $2)
   AND ($4::text IS NULL OR w.withdrawal_id IS NOT NULL OR person_is_visible(person.person_key, $4))
 ORDER BY w.withdrawal_id DESC
 LIMIT 500
