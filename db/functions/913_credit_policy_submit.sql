-- Proposes to put versions of plans in force: judges each, and stores it to be decided.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. visibles: comma-joined LIKE patterns of region codes, null for
-- every region; business_dates: today. Instants in real time. The proposal shows what differs from the version that the
-- region goes by in that month, whichever level it comes from.
-- Locks: none but those of the inserted rows.
-- Outcomes: one row for each member, in order. status, by precedence:
--   absent           there is no such version, or its region is not the caller's
--   already_exists   it is active, or proposed already
--   conflict         credit_policy_fault says so
--   proposed         it is open now (or was stored already, when asked again)
CREATE OR REPLACE FUNCTION credit_policy_submit(
    proposal_ids uuid[], policy_ids uuid[], visibles text[], business_dates date[], reasons text[],
    source_documents text[], proposed_bys uuid[], instants timestamptz[], event_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text, proposal_id uuid)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    statuses text[];
    payloads jsonb[];
    pools text[];
BEGIN
    SELECT array_agg(CASE
               WHEN p.policy_id IS NULL OR NOT (a.visible IS NULL
                                                OR p.region_code LIKE ANY (string_to_array(a.visible, ',')))
                    THEN 'absent'
               WHEN judged.fault = 'active' THEN 'already_exists'
               WHEN judged.fault IS NOT NULL THEN 'conflict'
               ELSE 'proposed' END ORDER BY a.ord),
           array_agg(jsonb_strip_nulls(jsonb_build_object('source_document', a.source_document))
                     || jsonb_build_object('changes', changed.items) ORDER BY a.ord),
           array_agg(nullif(p.region_code, '000000') ORDER BY a.ord)
      INTO statuses, payloads, pools
      FROM unnest(policy_ids, visibles, business_dates, source_documents) WITH ORDINALITY
           AS a (policy_id, visible, business_date, source_document, ord)
      LEFT JOIN credit_policy AS p ON p.policy_id = a.policy_id
     CROSS JOIN LATERAL (
           SELECT credit_policy_fault(p.policy_id,
                                      date_trunc('month', a.business_date::timestamp)::date) AS fault) AS judged
     CROSS JOIN LATERAL (
           SELECT coalesce(jsonb_agg(jsonb_build_object('field', new.field, 'before', old.value, 'after', new.value)
                                     ORDER BY new.place) FILTER (WHERE new.value
                                                                 IS DISTINCT FROM old.value), '[]') AS items
             FROM credit_policy_terms(p.policy_id) AS new
             LEFT JOIN credit_policy_terms((SELECT held.policy_id
                                              FROM credit_policy_at(p.region_code,
                                                                    p.plan_code, p.effective_from) AS held)) AS old
                  ON old.field = new.field) AS changed;

    RETURN QUERY
    SELECT made.ord, made.status, made.proposal_id
      FROM proposal_insert('activate_credit_policy', 'submit_credit_policy', statuses, proposal_ids,
                           array_fill(NULL::bigint, ARRAY[cardinality(policy_ids)]), policy_ids, pools, payloads,
                           reasons, proposed_bys, instants, event_ids, request_ids) AS made;
END
$$;
COMMENT ON FUNCTION credit_policy_submit(uuid[], uuid[], text[], date[], text[], text[], uuid[], timestamptz[], uuid[],
    text[]) IS
    'Proposes to put versions of plans in force; one status row for each member';
