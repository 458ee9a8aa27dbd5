-- What reversing a contribution meets today: the record, its entry, the account its money is in now,
-- and what speaks against it.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none; whoever acts on it has locked the account. refusal, by precedence:
--   conflict               the record was merged into another person's, or is reversed or withdrawn already, or a
--                          refund has no room
--   not_allowed_in_status  the account may not be adjusted
-- null: it may be reversed. No row: there is no such contribution of that person. A record that was copied by a merge
-- has its entry with the person it was copied from. available_fen is what is neither spent nor held.
CREATE OR REPLACE FUNCTION contribution_reversal(asked_person_key bigint, asked_contribution_id uuid)
RETURNS TABLE (
    period date, scheme text, kind text, source_document text, status text, pool_code text, personal_fen bigint,
    entry_id uuid, entry_part text, is_refund boolean, account_id uuid, part_fen bigint, available_fen bigint,
    refusal text)
    LANGUAGE sql STABLE AS $$
SELECT record.period, record.scheme, record.kind, record.source_document, record.status, record.pool_code,
       record.personal_fen, entry.entry_id, entry.part, record.kind = 'refund', account.account_id,
       CASE entry.part WHEN 'current_year' THEN account.current_year_fen ELSE account.carried_over_fen END,
       account.current_year_fen + account.carried_over_fen - account.held_fen,
       CASE WHEN EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = record.person_key)
                 OR record.status IN ('reversed', 'withdrawn') THEN 'conflict'
            WHEN record.status = 'recorded' THEN NULL
            WHEN entry.entry_id IS NULL OR account.account_id IS NULL THEN 'conflict'
            WHEN rule.allowed IS NOT TRUE THEN 'not_allowed_in_status'
            WHEN record.kind = 'refund' AND record.personal_fen
                 > 9007199254740991 - account.current_year_fen - account.carried_over_fen THEN 'conflict' END
  FROM contribution AS record
  LEFT JOIN account ON account.person_key = record.person_key AND account.pool_code = record.pool_code
  LEFT JOIN account_status_rule AS rule ON rule.status = account.status AND rule.operation = 'adjust'
  LEFT JOIN LATERAL (SELECT posted.entry_id, posted.part
                       FROM ledger_entry AS posted
                      WHERE record.status = 'posted'
                        AND posted.person_key
                            = person_key_of(coalesce(record.origin_contribution_id, record.contribution_id))
                        AND posted.operation_id = record.operation_id
                        AND posted.kind IN ('contribution', 'contribution_refund')
                      LIMIT 1) AS entry ON true
 WHERE record.person_key = asked_person_key AND record.contribution_id = asked_contribution_id
$$;
COMMENT ON FUNCTION contribution_reversal(bigint, uuid) IS
    'What reversing a contribution meets today, and what speaks against it; no row when there is no such contribution';
