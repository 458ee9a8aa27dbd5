-- Proposes adjustments of accounts, each with its idempotency key: judges each, and stores it to be decided.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. visibles: comma-joined LIKE patterns of pool codes, null for
-- every pool.
-- Instants in real time. Ids come from the caller: of the proposal, of the entry that it will be, of the audit event.
-- Locks: keys (advisory, tried and never waited for); those of the inserted rows.
-- Outcomes: one row for each member, in order. status, by precedence:
--   deferred, idempotency_key_reused, request_in_progress   of idempotency_claim
--   malformed       something no entry can have: a caller checks before
--   not_found       there is no such account, or its pool is not the caller's to see
--   unknown_entry   the linked entry is none of this account
--   conflict        the record was merged into another
--   account_<status>, insufficient_balance, balance_overflow   of adjustment_fault
--   already_exists  an adjustment of the account is proposed already, and not decided yet
--   proposed        it is open now
-- is_replayed: it was answered before, with status and proposal_id as they were. Judged again when it is approved.
CREATE OR REPLACE FUNCTION adjustment_propose(
    proposal_ids uuid[], entry_ids uuid[], person_keys bigint[], account_ids uuid[], visibles text[], parts text[],
    directions text[], amounts_fen bigint[], linked_entry_ids uuid[], reasons text[], source_documents text[],
    proposed_bys uuid[], instants timestamptz[], event_ids uuid[], request_ids text[], keys text[],
    content_hashes bytea[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, proposal_id uuid)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    verdicts text[];
    stored_statuses text[];
    stored_ids uuid[];
    statuses text[];
    payloads jsonb[];
    pools text[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord), array_agg(c.status ORDER BY c.ord),
           array_agg(c.object_id ORDER BY c.ord)
      INTO verdicts, stored_statuses, stored_ids
      FROM idempotency_claim(proposed_bys, 'propose_adjustment', keys, content_hashes) AS c;
    SELECT array_agg(CASE
               WHEN verdicts[a.ord] <> 'new' THEN verdicts[a.ord]
               WHEN (a.entry_id IS NOT NULL AND a.part IN ('current_year', 'carried_over')
                     AND a.direction IN ('credit', 'debit') AND a.amount_fen BETWEEN 1 AND 9007199254740991
                     AND coalesce(octet_length(a.source_document) <= 256, true)) IS NOT TRUE THEN 'malformed'
               WHEN account.account_id IS NULL
                    OR NOT (a.visible IS NULL OR account.pool_code LIKE ANY (string_to_array(a.visible, ',')))
                    THEN 'not_found'
               WHEN a.linked_entry_id IS NOT NULL
                    AND NOT EXISTS (SELECT FROM ledger_entry AS linked
                                     WHERE linked.person_key = a.person_key AND linked.account_id = a.account_id
                                       AND linked.entry_id = a.linked_entry_id) THEN 'unknown_entry'
               WHEN EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = a.person_key) THEN 'conflict'
               ELSE coalesce(adjustment_fault(account, a.part, a.direction, a.amount_fen),
                             'proposed') END ORDER BY a.ord),
           array_agg(adjustment_payload(account, a.entry_id, a.part, a.direction, a.amount_fen, a.linked_entry_id,
                                        a.source_document) ORDER BY a.ord),
           array_agg(account.pool_code ORDER BY a.ord)
      INTO statuses, payloads, pools
      FROM unnest(entry_ids, person_keys, account_ids, visibles, parts, directions, amounts_fen, linked_entry_ids,
                  source_documents) WITH ORDINALITY
           AS a (entry_id, person_key, account_id, visible, part, direction, amount_fen, linked_entry_id,
                 source_document, ord)
      LEFT JOIN account ON account.person_key = a.person_key AND account.account_id = a.account_id;
    SELECT array_agg(made.status ORDER BY made.ord) INTO statuses
      FROM proposal_insert('post_adjustment', 'propose_adjustment', statuses, proposal_ids, person_keys, account_ids,
                           pools, payloads, reasons, proposed_bys, instants, event_ids, request_ids) AS made;
    PERFORM adjustment_record(statuses, proposal_ids, person_keys, account_ids, pools, amounts_fen, proposed_bys,
                              instants, event_ids, request_ids, keys, content_hashes);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'replayed' THEN stored_statuses[s.ord] ELSE s.status END, s.status = 'replayed',
           CASE s.status WHEN 'replayed' THEN stored_ids[s.ord] WHEN 'proposed' THEN proposal_ids[s.ord] END
      FROM unnest(statuses) WITH ORDINALITY AS s (status, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION adjustment_propose(uuid[], uuid[], bigint[], uuid[], text[], text[], text[], bigint[], uuid[],
                                       text[],
    text[], uuid[], timestamptz[], uuid[], text[], text[], bytea[]) IS
    'Proposes adjustments of accounts, each with its idempotency key; one status row for each member';
