-- Reads, for each reason or one, what a withdrawal of an account's money needs, and what of it is there.
-- SPDX-License-Identifier: Apache-2.0
-- lane: slow
-- repeatable: yes
-- param: person_key int8
-- param: account_id uuid
-- param: reason text (null: all)
-- param: is_staff bool
-- param: day date
-- param: language text (zh or en)
-- column: person_id uuid
-- column: pool_code text
-- column: account_id uuid
-- column: account_status text
-- column: balance_fen int8
-- column: held_fen int8
-- column: wallet_pending_fen int8
-- column: receivable_fen int8
-- column: withdrawal_id uuid (under way)
-- column: transfer_id uuid (under way)
-- column: reason text
-- column: conditions text (code=t or code=f, joined by commas)
-- column: materials text (a JSON array)
SELECT account.person_id, account.pool_code, account.account_id, account.status,
       account.current_year_fen + account.carried_over_fen, account.held_fen, coalesce(sent.fen, 0),
       coalesce(owed.fen, 0), open.withdrawal_id, moving.transfer_id, one.reason,
       concat_ws(',', general.codes, own.codes), coalesce(needed.materials, '[]')::text
  FROM account
  CROSS JOIN (VALUES (1, 'death'), (2, 'emigration'), (3, 'foreigner_leaving'), (4, 'destination_not_connected'),
                     (5, 'resettled_retiree'), (6, 'resident_scheme')) AS one (place, reason)
  LEFT JOIN withdrawal AS open ON open.person_key = account.person_key AND open.account_id = account.account_id
       AND open.ended_at IS NULL
  LEFT JOIN transfer AS moving ON moving.person_key = account.person_key AND moving.ended_at IS NULL
       AND (account.account_id IN (moving.from_account_id, moving.to_account_id)
            OR (account.pool_code = moving.to_pool_code AND moving.to_scheme = 'employee'))
  LEFT JOIN LATERAL (SELECT sum(w.amount_fen)::bigint AS fen FROM wallet_transfer AS w
                      WHERE w.person_key = account.person_key AND w.account_id = account.account_id
                        AND w.state = 'pending') AS sent ON true
  LEFT JOIN LATERAL (SELECT sum(r.amount_fen - r.settled_fen)::bigint AS fen FROM receivable AS r
                      WHERE r.person_key = account.person_key AND r.account_id = account.account_id
                        AND r.state <> 'moved') AS owed ON true
  CROSS JOIN LATERAL (
       SELECT string_agg(c.code || '=' || CASE WHEN c.is_met THEN 't' ELSE 'f' END, ',' ORDER BY c.place) AS codes
         FROM (VALUES
              (1, 'account_may_give', coalesce((SELECT rule.allowed FROM account_status_rule AS rule
                                                 WHERE rule.status = account.status
                                                   AND rule.operation = 'withdraw'), false)),
              (2, 'no_withdrawal_under_way', open.withdrawal_id IS NULL),
              (3, 'no_transfer_under_way', moving.transfer_id IS NULL),
              (4, 'money_is_there', account.current_year_fen + account.carried_over_fen > 0),
              (5, 'nothing_is_held', NOT withdrawal_holds(account))) AS c (place, code, is_met)) AS general
  LEFT JOIN LATERAL (
       SELECT string_agg(c.code || '=' || CASE WHEN c.is_met THEN 't' ELSE 'f' END, ',' ORDER BY c.place) AS codes
         FROM withdrawal_conditions(account, one.reason, $4::boolean, $5::date) AS c) AS own ON true
  LEFT JOIN LATERAL (
       SELECT jsonb_agg(jsonb_build_object(
                  'document_kind', m.document_kind, 'name', CASE $6::text WHEN 'en' THEN m.name_en ELSE m.name_zh END,
                  'is_required', m.is_required)) AS materials
         FROM materials_needed(account.pool_code, one.reason, account.person_key, NULL) AS m) AS needed ON true
 WHERE account.person_key = $1 AND account.account_id = $2 AND ($3::text IS NULL OR one.reason = $3)
 ORDER BY one.place
