-- Proposes corrections of people: judges what is new of what was asked for, and stores it to be decided.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; a null value is not to be changed. Values sealed for the
-- person's columns (the card number as proposal.card_number of the proposal) and their keyed hashes (as for
-- hash_items); cleared:
-- comma-joined names of what is to be taken away. visibles: comma-joined LIKE patterns of pool codes, null for every
-- pool. Instants in real time.
-- Locks: none but those of the inserted rows.
-- Outcomes: one row for each member, in order. status, by precedence:
--   malformed                 something no row can have: a caller checks before
--   absent                    there is no such person, or it is not the caller's to see
--   conflict                  the record was merged into another
--   birth_date, deceased_on   that day does not fit the others (person_dates_fault)
--   already_exists            nothing of it is new; a number finds somebody else; or a correction of the person is open
--   proposed                  it is open now (or was stored already, when asked again)
CREATE OR REPLACE FUNCTION person_correction_propose(
    proposal_ids uuid[], person_keys bigint[], person_ids uuid[], visibles text[], name_sealeds bytea[],
    name_hashes bytea[], phone_sealeds bytea[], phone_hashes bytea[], citizen_number_sealeds bytea[],
    citizen_number_hashes bytea[], certificate_kinds text[], card_number_sealeds bytea[], card_number_hashes bytea[],
    bank_card_sealeds bytea[], birth_dates date[], sexes text[], deceased_ons date[], cleareds text[], reasons text[],
    source_documents text[], proposed_bys uuid[], instants timestamptz[], event_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text, proposal_id uuid)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    statuses text[];
    payloads jsonb[];
BEGIN
    SELECT array_agg(CASE
               WHEN (octet_length(a.name_sealed) BETWEEN 32 AND 512) IS FALSE
                    OR (octet_length(a.phone_sealed) BETWEEN 32 AND 256) IS FALSE
                    OR (octet_length(a.citizen_number_sealed) BETWEEN 32 AND 256) IS FALSE
                    OR (octet_length(a.card_number_sealed) BETWEEN 32 AND 256) IS FALSE
                    OR (octet_length(a.bank_card_sealed) BETWEEN 32 AND 256) IS FALSE
                    OR (a.name_sealed IS NULL) <> (a.name_hash IS NULL) OR NOT hash_is_well(a.name_hash)
                    OR (a.phone_sealed IS NULL) <> (a.phone_hash IS NULL) OR NOT hash_is_well(a.phone_hash)
                    OR (a.citizen_number_sealed IS NULL) <> (a.citizen_number_hash IS NULL)
                    OR NOT hash_is_well(a.citizen_number_hash)
                    OR (a.citizen_number_sealed IS NULL) <> (a.certificate_kind IS NULL)
                    OR a.certificate_kind NOT IN ('citizen_number', 'passport', 'hkmt_permit', 'residence_permit',
                                                  'other')
                    OR (a.card_number_sealed IS NULL) <> (a.card_number_hash IS NULL)
                    OR NOT hash_is_well(a.card_number_hash)
                    OR a.sex NOT IN ('female', 'male', 'unknown')
                    OR NOT isfinite(a.birth_date) OR NOT isfinite(a.deceased_on)
                    OR NOT cleared.fields <@ '{phone,card_number,bank_card,deceased_on}'
                    OR octet_length(a.source_document) > 512 THEN 'malformed'
               WHEN person.person_key IS NULL
                    OR NOT (a.visible IS NULL OR person_is_visible(a.person_key, a.visible)) THEN 'absent'
               WHEN EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = a.person_key) THEN 'conflict'
               WHEN dates.fault IS NOT NULL THEN dates.fault
               WHEN change.items IS NULL THEN 'already_exists'
               WHEN EXISTS (SELECT FROM current_identifier AS taken
                             WHERE (taken.kind, taken.hash) IN (('citizen_number', hash_looked(a.citizen_number_hash)),
                                                                ('card_number', hash_looked(a.card_number_hash)))
                               AND taken.person_key <> a.person_key) THEN 'already_exists'
               ELSE 'proposed' END ORDER BY a.ord),
           array_agg(jsonb_strip_nulls(jsonb_build_object(
                         'source_document', a.source_document,
                         'hashes', jsonb_build_object(
                             'name', encode(a.name_hash, 'hex'), 'phone', encode(a.phone_hash, 'hex'),
                             'citizen_number', encode(a.citizen_number_hash, 'hex'),
                             'card_number', encode(a.card_number_hash, 'hex'))))
                     || jsonb_build_object('changes', change.items) ORDER BY a.ord)
      INTO statuses, payloads
      FROM unnest(proposal_ids, person_keys, person_ids, visibles, name_sealeds, name_hashes, phone_sealeds,
                  phone_hashes, citizen_number_sealeds, citizen_number_hashes, certificate_kinds, card_number_sealeds,
                  card_number_hashes, bank_card_sealeds, birth_dates, sexes, deceased_ons, cleareds, source_documents)
           WITH ORDINALITY
           AS a (proposal_id, person_key, person_id, visible, name_sealed, name_hash, phone_sealed, phone_hash,
                 citizen_number_sealed, citizen_number_hash, certificate_kind, card_number_sealed, card_number_hash,
                 bank_card_sealed, birth_date, sex, deceased_on, cleared, source_document, ord)
     CROSS JOIN LATERAL (SELECT coalesce(string_to_array(a.cleared, ','), '{}') AS fields) AS cleared
      LEFT JOIN person ON person.person_key = a.person_key AND person.person_id = a.person_id
     CROSS JOIN LATERAL (
         SELECT person_dates_fault(a.person_key, coalesce(a.birth_date, person.birth_date),
                                   CASE WHEN 'deceased_on' = ANY (cleared.fields) THEN NULL
                                        ELSE coalesce(a.deceased_on, person.deceased_on) END) AS fault) AS dates
     CROSS JOIN LATERAL (
         SELECT jsonb_agg(CASE WHEN c.sealed IS NULL
                               THEN jsonb_build_object('field', c.field, 'before', c.before, 'after', c.after)
                               ELSE jsonb_build_object('field', c.field, 'sealed', c.sealed, 'row_id', c.row_id,
                                                       'before', c.before, 'after', c.after) END
                          ORDER BY c.place) AS items
           FROM (VALUES
               (1, 'name', 'person.name', a.person_id, encode(person.name_sealed, 'hex'), encode(a.name_sealed, 'hex'),
                   NOT hash_is(person.name_hash, a.name_hash)),
               (2, 'phone', 'person.phone', a.person_id, encode(person.phone_sealed, 'hex'),
                   encode(a.phone_sealed, 'hex'),
                   CASE WHEN 'phone' = ANY (cleared.fields) THEN person.phone_hash IS NOT NULL
                        ELSE a.phone_hash IS NOT NULL AND hash_is(person.phone_hash, a.phone_hash) IS NOT TRUE END),
               (3, 'citizen_number', 'person.citizen_number', a.person_id, encode(person.citizen_number_sealed, 'hex'),
                   encode(a.citizen_number_sealed, 'hex'),
                   a.citizen_number_hash IS NOT NULL
                       AND NOT EXISTS (SELECT FROM person_identifier AS own
                                        WHERE own.kind = 'citizen_number'
                                          AND own.hash = hash_looked(a.citizen_number_hash)
                                          AND own.person_key = a.person_key)),
               (4, 'certificate_kind', NULL, NULL, person.certificate_kind, a.certificate_kind,
                   a.certificate_kind <> person.certificate_kind),
               (5, 'card_number', 'proposal.card_number', a.proposal_id, NULL, encode(a.card_number_sealed, 'hex'),
                   (a.card_number_hash IS NOT NULL OR 'card_number' = ANY (cleared.fields))
                       AND (SELECT array_agg(own.hash) FROM person_identifier AS own
                             WHERE own.kind = 'card_number' AND own.person_key = a.person_key
                               AND own.key_version = coalesce(hash_version(a.card_number_hash), own.key_version))
                           IS DISTINCT FROM CASE WHEN a.card_number_hash IS NULL THEN NULL
                                                 ELSE ARRAY[hash_looked(a.card_number_hash)] END),
               (6, 'bank_card', 'person.bank_card', a.person_id, encode(person.bank_card_sealed, 'hex'),
                   encode(a.bank_card_sealed, 'hex'),
                   a.bank_card_sealed IS NOT NULL
                       OR ('bank_card' = ANY (cleared.fields) AND person.bank_card_sealed IS NOT NULL)),
               (7, 'birth_date', NULL, NULL, to_char(person.birth_date, 'YYYY-MM-DD'),
                   to_char(a.birth_date, 'YYYY-MM-DD'),
                   a.birth_date <> person.birth_date),
               (8, 'sex', NULL, NULL, person.sex, a.sex, a.sex <> person.sex),
               (9, 'deceased_on', NULL, NULL, to_char(person.deceased_on, 'YYYY-MM-DD'),
                   to_char(a.deceased_on, 'YYYY-MM-DD'),
                   CASE WHEN 'deceased_on' = ANY (cleared.fields) THEN person.deceased_on IS NOT NULL
                        ELSE a.deceased_on IS NOT NULL AND a.deceased_on IS DISTINCT FROM person.deceased_on END)
           ) AS c (place, field, sealed, row_id, before, after, is_new)
          WHERE c.is_new) AS change;

    RETURN QUERY
    SELECT made.ord, made.status, made.proposal_id
      FROM proposal_insert('correct_person', 'propose_correction', statuses, proposal_ids, person_keys, person_ids,
                           NULL, payloads, reasons, proposed_bys, instants, event_ids, request_ids) AS made;
END
$$;
COMMENT ON FUNCTION person_correction_propose(uuid[], bigint[], uuid[], text[], bytea[], bytea[], bytea[], bytea[],
    bytea[], bytea[], text[], bytea[], bytea[], bytea[], date[], text[], date[], text[], text[], text[], uuid[],
    timestamptz[], uuid[], text[]) IS 'Proposes corrections of people; one status row for each member';
