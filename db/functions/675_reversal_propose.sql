-- Proposes to take contributions back: judges whether each may be, and stores it to be decided.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. visibles: comma-joined LIKE patterns of pool codes, null for
-- every pool. Instants in real time.
-- Locks: none but those of the inserted rows.
-- Outcomes: one row for each member, in order. status, by precedence:
--   malformed   something no row can have: a caller checks before
--   absent      there is no such contribution of that person, or its pool is not the caller's to see
--   conflict, not_allowed_in_status   of contribution_reversal
--   already_exists   somebody has proposed it already, and it is not decided yet
--   proposed    it is open now (or was stored already, when asked again)
-- The changes tell who decides what is taken back, and what would be owed as things are today.
CREATE OR REPLACE FUNCTION reversal_propose(
    proposal_ids uuid[], person_keys bigint[], person_ids uuid[], contribution_ids uuid[], visibles text[],
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
               WHEN octet_length(a.source_document) > 256 THEN 'malformed'
               WHEN person.person_id IS NULL OR undo.status IS NULL
                    OR NOT (a.visible IS NULL OR undo.pool_code LIKE ANY (string_to_array(a.visible, ',')))
                    THEN 'absent'
               ELSE coalesce(undo.refusal, 'proposed') END ORDER BY a.ord),
           array_agg(jsonb_strip_nulls(jsonb_build_object('source_document', a.source_document))
               || jsonb_build_object('changes', jsonb_build_array(
                      jsonb_build_object('field', 'contribution', 'before',
                          concat_ws(' ', to_char(undo.period, 'YYYY-MM'), undo.scheme, undo.kind,
                                    undo.source_document)),
                      jsonb_build_object('field', 'status', 'before', undo.status, 'after',
                          CASE undo.status WHEN 'posted' THEN 'reversed' ELSE 'withdrawn' END),
                      jsonb_build_object('field', 'personal_fen', 'before', undo.personal_fen::text, 'after', '0'))
                  || CASE WHEN undo.status = 'posted' AND NOT undo.is_refund AND undo.available_fen < undo.personal_fen
                          THEN jsonb_build_array(jsonb_build_object('field', 'receivable_fen', 'before', '0', 'after',
                                   (undo.personal_fen - greatest(undo.available_fen, 0))::text))
                          ELSE '[]' END) ORDER BY a.ord),
           array_agg(undo.pool_code ORDER BY a.ord)
      INTO statuses, payloads, pools
      FROM unnest(person_keys, person_ids, contribution_ids, visibles, source_documents) WITH ORDINALITY
           AS a (person_key, person_id, contribution_id, visible, source_document, ord)
      LEFT JOIN person ON person.person_key = a.person_key AND person.person_id = a.person_id
      LEFT JOIN LATERAL contribution_reversal(a.person_key, a.contribution_id) AS undo ON true;

    RETURN QUERY
    SELECT made.ord, made.status, made.proposal_id
      FROM proposal_insert('reverse_contribution', 'propose_reversal', statuses, proposal_ids, person_keys,
                           contribution_ids, pools, payloads, reasons, proposed_bys, instants, event_ids, request_ids)
           AS made;
END
$$;
COMMENT ON FUNCTION reversal_propose(uuid[], bigint[], uuid[], uuid[], text[], text[], text[], uuid[], timestamptz[],
    uuid[], text[]) IS 'Proposes to take contributions back; one status row for each member';
