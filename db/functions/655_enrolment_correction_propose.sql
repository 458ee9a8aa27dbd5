-- Proposes corrections of enrolments: judges what is new of what was asked for, and stores it to be decided.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; a null value is not to be changed. cleareds: comma-joined names
-- of what is to be taken away. account_ids: of an account that may have to be opened. visibles: comma-joined LIKE
-- patterns of pool codes, null for every pool. Instants in real time.
-- Locks: none but those of the inserted rows.
-- Outcomes: one row for each member, in order. status, by precedence:
--   malformed                something no row can have: a caller checks before
--   absent                   there is no such enrolment, or its pool is not the caller's to see
--   conflict                 the record was merged into another
--   already_exists           nothing of it is new; or a correction of the enrolment is open
--   ended_on, retired_on, account_mode, payer_kind, employer_code   that field would not fit (enrolment_fault)
--   not_allowed_in_status    another employee enrolment of the person is active
--   proposed                 it is open now (or was stored already, when asked again)
CREATE OR REPLACE FUNCTION enrolment_correction_propose(
    proposal_ids uuid[], person_keys bigint[], person_ids uuid[], enrolment_ids uuid[], visibles text[],
    enrolment_statuses text[], ended_ons date[], retired_ons date[], employer_codes text[], account_modes text[],
    payer_kinds text[], exempt_groups text[], cleareds text[], account_ids uuid[], reasons text[],
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
               WHEN a.status NOT IN ('active', 'suspended', 'closing', 'pending_in', 'ended')
                    OR a.account_mode NOT IN ('with_account', 'pooled_only')
                    OR a.payer_kind NOT IN ('employer', 'self') OR octet_length(a.employer_code) <> 18
                    OR NOT isfinite(a.ended_on) OR NOT isfinite(a.retired_on) OR a.account_id IS NULL
                    OR NOT cleared.fields <@ '{ended_on,retired_on,employer_code,exempt_group}'
                    OR a.exempt_group !~ '^[a-z][a-z0-9_]{1,39}$'
                    OR octet_length(a.source_document) > 512 THEN 'malformed'
               WHEN person.person_key IS NULL OR enrolment.enrolment_id IS NULL
                    OR NOT (a.visible IS NULL OR enrolment.pool_code LIKE ANY (string_to_array(a.visible, ',')))
                    THEN 'absent'
               WHEN EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = a.person_key) THEN 'conflict'
               WHEN change.items IS NULL THEN 'already_exists'
               ELSE coalesce(enrolment_fault(enrolment, enrolment_values(enrolment) || new.item), 'proposed') END
               ORDER BY a.ord),
           array_agg(jsonb_strip_nulls(jsonb_build_object('source_document', a.source_document,
                                                          'account_id', a.account_id))
                     || jsonb_build_object('changes', change.items) ORDER BY a.ord),
           array_agg(enrolment.pool_code ORDER BY a.ord)
      INTO statuses, payloads, pools
      FROM unnest(person_keys, person_ids, enrolment_ids, visibles, enrolment_statuses, ended_ons, retired_ons,
                  employer_codes, account_modes, payer_kinds, exempt_groups, cleareds, account_ids,
                  source_documents) WITH ORDINALITY
           AS a (person_key, person_id, enrolment_id, visible, status, ended_on, retired_on, employer_code,
                 account_mode, payer_kind, exempt_group, cleared, account_id, source_document, ord)
     CROSS JOIN LATERAL (SELECT coalesce(string_to_array(a.cleared, ','), '{}') AS fields) AS cleared
     CROSS JOIN LATERAL (
         SELECT jsonb_strip_nulls(jsonb_build_object(
                    'status', a.status, 'ended_on', to_char(a.ended_on, 'YYYY-MM-DD'),
                    'retired_on', to_char(a.retired_on, 'YYYY-MM-DD'), 'employer_code', a.employer_code,
                    'account_mode', a.account_mode, 'payer_kind', a.payer_kind,
                    'exempt_group', a.exempt_group))
                || (SELECT coalesce(jsonb_object_agg(f, NULL), '{}') FROM unnest(cleared.fields) AS f) AS item) AS new
      LEFT JOIN person ON person.person_key = a.person_key AND person.person_id = a.person_id
      LEFT JOIN enrolment ON enrolment.person_key = a.person_key AND enrolment.enrolment_id = a.enrolment_id
     CROSS JOIN LATERAL (
         SELECT jsonb_agg(jsonb_build_object('field', f, 'before', old.item -> f, 'after', new.item -> f)
                          ORDER BY n) AS items
           FROM (SELECT enrolment_values(enrolment) AS item) AS old,
                unnest('{status,ended_on,retired_on,employer_code,account_mode,payer_kind,exempt_group}'::text[])
                    WITH ORDINALITY AS field (f, n)
          WHERE new.item ? f AND old.item -> f IS DISTINCT FROM new.item -> f) AS change;

    RETURN QUERY
    SELECT made.ord, made.status, made.proposal_id
      FROM proposal_insert('correct_enrolment', 'propose_enrolment_correction', statuses, proposal_ids, person_keys,
                           enrolment_ids, pools, payloads, reasons, proposed_bys, instants, event_ids, request_ids)
           AS made;
END
$$;
COMMENT ON FUNCTION enrolment_correction_propose(uuid[], bigint[], uuid[], uuid[], text[], text[], date[], date[],
    text[], text[], text[], text[], text[], uuid[], text[], text[], uuid[], timestamptz[], uuid[], text[]) IS
    'Proposes corrections of enrolments; one status row for each member';
