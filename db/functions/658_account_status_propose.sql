-- Proposes another status for accounts: judges whether it may follow, and stores it to be decided.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. visibles: comma-joined LIKE patterns of pool codes, null for
-- every pool.
-- Instants in real time.
-- Locks: none but those of the inserted rows.
-- Outcomes: one row for each member, in order. status, by precedence:
--   malformed   something no row can have: a caller checks before
--   absent      there is no such account, or its pool is not the caller's to see
--   conflict    the record was merged into another
--   already_exists, not_allowed_in_status, conflict   of account_status_fault; already_exists also where one is open
--   proposed    it is open now (or was stored already, when asked again)
CREATE OR REPLACE FUNCTION account_status_propose(
    proposal_ids uuid[], person_keys bigint[], account_ids uuid[], visibles text[], new_statuses text[],
    reasons text[], source_documents text[], proposed_bys uuid[], instants timestamptz[], event_ids uuid[],
    request_ids text[])
RETURNS TABLE (ord bigint, status text, proposal_id uuid)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    statuses text[];
    payloads jsonb[];
    pools text[];
BEGIN
    SELECT array_agg(CASE
               WHEN (a.status IN ('active', 'suspended', 'frozen', 'spend_only', 'deceased', 'closed')) IS NOT TRUE
                    OR octet_length(a.source_document) > 512 THEN 'malformed'
               WHEN account.account_id IS NULL
                    OR NOT (a.visible IS NULL OR account.pool_code LIKE ANY (string_to_array(a.visible, ',')))
                    THEN 'absent'
               WHEN EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = a.person_key) THEN 'conflict'
               ELSE coalesce(account_status_fault(account, a.status), 'proposed') END ORDER BY a.ord),
           array_agg(jsonb_strip_nulls(jsonb_build_object('source_document', a.source_document))
                     || jsonb_build_object('changes', jsonb_build_array(jsonb_build_object(
                            'field', 'status', 'before', account.status, 'after', a.status))) ORDER BY a.ord),
           array_agg(account.pool_code ORDER BY a.ord)
      INTO statuses, payloads, pools
      FROM unnest(person_keys, account_ids, visibles, new_statuses, source_documents) WITH ORDINALITY
           AS a (person_key, account_id, visible, status, source_document, ord)
      LEFT JOIN account ON account.person_key = a.person_key AND account.account_id = a.account_id;

    RETURN QUERY
    SELECT made.ord, made.status, made.proposal_id
      FROM proposal_insert('change_account_status', 'propose_account_status', statuses, proposal_ids, person_keys,
                           account_ids, pools, payloads, reasons, proposed_bys, instants, event_ids, request_ids)
           AS made;
END
$$;
COMMENT ON FUNCTION account_status_propose(uuid[], bigint[], uuid[], text[], text[], text[], text[], uuid[],
    timestamptz[], uuid[], text[]) IS 'Proposes another status for accounts; one status row for each member';
