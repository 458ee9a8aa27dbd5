-- Proposes to settle the interest of accounts: judges whether anything is due, and stores it to be decided.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. visibles: comma-joined LIKE patterns of pool codes, null for
-- every pool; business_dates: the day up to which it is shown. Instants in real time.
-- Locks: none but those of the inserted rows.
-- Outcomes: one row for each member, in order. status, by precedence:
--   absent                 there is no such account, or its pool is not the caller's to see
--   conflict               the record was merged into another; or nothing is due
--   not_allowed_in_status  the account bears no interest in its status
--   already_exists         it is proposed already
--   proposed               it is open now (or was stored already, when asked again)
CREATE OR REPLACE FUNCTION account_interest_propose(
    proposal_ids uuid[], person_keys bigint[], account_ids uuid[], visibles text[], business_dates date[],
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
               WHEN account.account_id IS NULL
                    OR NOT (a.visible IS NULL OR account.pool_code LIKE ANY (string_to_array(a.visible, ',')))
                    THEN 'absent'
               WHEN EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = a.person_key) THEN 'conflict'
               WHEN rule.allowed IS NOT TRUE THEN 'not_allowed_in_status'
               WHEN due.fen = 0 THEN 'conflict'
               ELSE 'proposed' END ORDER BY a.ord),
           array_agg(jsonb_strip_nulls(jsonb_build_object('source_document', a.source_document))
                     || jsonb_build_object('changes', jsonb_build_array(
                            jsonb_build_object('field', 'interest_fen', 'before', NULL,
                                               'after', due.fen::text))) ORDER BY a.ord),
           array_agg(account.pool_code ORDER BY a.ord)
      INTO statuses, payloads, pools
      FROM unnest(person_keys, account_ids, visibles, business_dates, source_documents) WITH ORDINALITY
           AS a (person_key, account_id, visible, business_date, source_document, ord)
      LEFT JOIN account ON account.person_key = a.person_key AND account.account_id = a.account_id
      LEFT JOIN account_status_rule AS rule ON rule.status = account.status AND rule.operation = 'interest'
     CROSS JOIN LATERAL (SELECT interest_due(account.person_key, account.account_id, a.business_date) AS fen) AS due;

    RETURN QUERY
    SELECT made.ord, made.status, made.proposal_id
      FROM proposal_insert('post_account_interest', 'propose_account_interest', statuses, proposal_ids, person_keys,
                           account_ids, pools, payloads, reasons, proposed_bys, instants,
                           event_ids, request_ids) AS made;
END
$$;
COMMENT ON FUNCTION account_interest_propose(uuid[], bigint[], uuid[], text[], date[], text[], text[], uuid[],
    timestamptz[], uuid[], text[]) IS 'Proposes to settle the interest of accounts; one status row for each member';
