-- Applies corrections of people: what they are, what finds them, and that they have died.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments and form: docs/proposals.md.
-- Locks: the persons in the order of their keys; the numbers it claims; the accounts of those who have died
-- (account_lock).
-- Outcomes: applied; already_exists where the new number finds somebody else; conflict where what was to be changed has
-- changed since, the record was merged, or its days would no longer fit.
CREATE OR REPLACE FUNCTION proposal_apply_correct_person(
    proposal_ids uuid[], instant timestamptz, actors uuid[], request_ids text[])
RETURNS TABLE (proposal_id uuid, status text, outcome jsonb)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    good uuid[];
    wanted_by uuid[];
    kinds text[];
    givens bytea[];
    keys bigint[];
    person_ids uuid[];
    claimed bigint[];
    taken uuid[];
    account_keys bigint[];
    account_ids uuid[];
BEGIN
    PERFORM FROM person
      WHERE person.person_key IN (SELECT p.person_key FROM proposal AS p WHERE p.proposal_id = ANY (proposal_ids))
      ORDER BY person.person_key FOR NO KEY UPDATE OF person;
    SELECT array_agg(p.proposal_id) INTO good
      FROM proposal AS p
      JOIN person ON person.person_key = p.person_key AND person.person_id = p.object_id
     CROSS JOIN LATERAL (SELECT person_values(person) || proposal_values(p.payload, 'after') AS item) AS new
     WHERE p.proposal_id = ANY (proposal_ids)
       AND person_values(person) @> (proposal_values(p.payload, 'before') - 'card_number')
       AND NOT EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = p.person_key)
       AND person_dates_fault(p.person_key, (new.item ->> 'birth_date')::date, (new.item ->> 'deceased_on')::date)
           IS NULL;
    RETURN QUERY SELECT u.id, 'conflict', NULL::jsonb
      FROM unnest(proposal_ids) AS u (id) WHERE u.id <> ALL (coalesce(good, '{}'));

    -- Claim the new numbers. Whoever finds one taken, even by another member of this call, gives back the other.
    SELECT array_agg(p.proposal_id), array_agg(number.kind), array_agg(number.given), array_agg(p.person_key),
           array_agg(p.object_id)
      INTO wanted_by, kinds, givens, keys, person_ids
      FROM proposal AS p
     CROSS JOIN LATERAL (SELECT k AS kind, decode(p.payload -> 'hashes' ->> k, 'hex') AS given
                           FROM unnest('{citizen_number,card_number}'::text[]) AS k) AS number
     WHERE p.proposal_id = ANY (good) AND number.given IS NOT NULL
       AND NOT EXISTS (SELECT FROM current_identifier AS own -- also of a record that was merged into this one
                        WHERE own.kind = number.kind AND own.person_key = p.person_key
                          AND own.hash IN (hash_looked(number.given), hash_other(number.given)));
    claimed := ARRAY(SELECT c.place FROM identifiers_claim(kinds, givens, keys, person_ids) AS c);
    taken := ARRAY(SELECT DISTINCT w.id FROM unnest(wanted_by) WITH ORDINALITY AS w (id, place)
                    WHERE w.place <> ALL (claimed));
    DELETE FROM person_identifier
     USING unnest(wanted_by, kinds, givens, keys) WITH ORDINALITY AS w (id, kind, given, person_key, place)
     WHERE w.id = ANY (taken) AND w.place = ANY (claimed) AND person_identifier.kind = w.kind
       AND person_identifier.hash IN (hash_looked(w.given), hash_other(w.given))
       AND person_identifier.person_key = w.person_key;
    RETURN QUERY SELECT u.id, 'already_exists', NULL::jsonb FROM unnest(taken) AS u (id);
    good := ARRAY(SELECT u.id FROM unnest(good) AS u (id) WHERE u.id <> ALL (taken));

    LOOP -- again, for whoever held a row may have written it with the next version of its key
        WITH retired AS (
            DELETE FROM person_identifier
             USING proposal AS p, unnest('{citizen_number,card_number}'::text[]) AS k,
                   LATERAL (SELECT decode(p.payload -> 'hashes' ->> k, 'hex') AS given) AS number
             WHERE p.proposal_id = ANY (good) AND proposal_values(p.payload, 'after') ? k
               AND person_identifier.person_key = p.person_key AND person_identifier.kind = k
               AND hash_is(person_identifier.hash, number.given) IS NOT TRUE
            RETURNING person_identifier.kind, person_identifier.hash, person_identifier.person_key,
                      person_identifier.person_id, person_identifier.key_version, p.proposal_id
        )
        INSERT INTO person_identifier_former (kind, hash, person_key, person_id, key_version, retired_at, proposal_id)
        SELECT retired.kind, retired.hash, retired.person_key, retired.person_id, retired.key_version, instant,
               retired.proposal_id
          FROM retired;
        EXIT WHEN NOT FOUND;
    END LOOP;

    UPDATE person
       SET name_sealed = decode(new.item ->> 'name', 'hex'),
           name_hash = coalesce(name.hash, person.name_hash),
           name_version = coalesce(name.key_version, person.name_version),
           phone_sealed = decode(new.item ->> 'phone', 'hex'),
           phone_hash = CASE WHEN new.is_phone THEN phone.hash ELSE person.phone_hash END,
           phone_version = coalesce(phone.key_version, person.phone_version),
           citizen_number_sealed = decode(new.item ->> 'citizen_number', 'hex'),
           certificate_kind = new.item ->> 'certificate_kind',
           bank_card_sealed = decode(new.item ->> 'bank_card', 'hex'),
           birth_date = (new.item ->> 'birth_date')::date,
           sex = new.item ->> 'sex',
           deceased_on = (new.item ->> 'deceased_on')::date
      FROM (SELECT p.person_key, p.payload -> 'hashes' AS hashes,
                   proposal_values(p.payload, 'after') ? 'phone' AS is_phone,
                   person_values(someone) || proposal_values(p.payload, 'after') AS item
              FROM proposal AS p
              JOIN person AS someone ON someone.person_key = p.person_key
             WHERE p.proposal_id = ANY (good)) AS new
      LEFT JOIN LATERAL hash_to_store('hash_name', decode(new.hashes ->> 'name', 'hex')) AS name ON true
      LEFT JOIN LATERAL hash_to_store('hash_phone', decode(new.hashes ->> 'phone', 'hex')) AS phone ON true
     WHERE person.person_key = new.person_key;

    SELECT array_agg(account.person_key), array_agg(account.account_id) INTO account_keys, account_ids
      FROM proposal AS p
      JOIN account ON account.person_key = p.person_key AND account.status NOT IN ('deceased', 'closed')
     WHERE p.proposal_id = ANY (good) AND proposal_values(p.payload, 'after') ->> 'deceased_on' IS NOT NULL;
    PERFORM FROM account_lock(account_keys, account_ids, true);
    UPDATE account SET status = 'deceased', version = account.version + 1
      FROM unnest(account_keys, account_ids) AS late (person_key, account_id)
     WHERE account.person_key = late.person_key AND account.account_id = late.account_id
       AND account.status NOT IN ('deceased', 'closed');

    RETURN QUERY
    SELECT p.proposal_id, 'applied',
           CASE WHEN after.item ?| '{phone,citizen_number}' OR after.item ->> 'deceased_on' IS NOT NULL
                THEN jsonb_build_object('signed_out', jsonb_build_array(p.object_id)) ELSE '{}' END
           || CASE WHEN p.person_key = ANY (account_keys)
                   THEN jsonb_build_object('accounts_deceased',
                            (SELECT jsonb_agg(late.id) FROM unnest(account_keys, account_ids) AS late (person_key, id)
                              WHERE late.person_key = p.person_key))
                   ELSE '{}' END
      FROM proposal AS p
     CROSS JOIN LATERAL (SELECT proposal_values(p.payload, 'after') AS item) AS after
     WHERE p.proposal_id = ANY (good);
END
$$;
COMMENT ON FUNCTION proposal_apply_correct_person(uuid[], timestamptz, uuid[], text[]) IS
    'Applies corrections of people (docs/proposals.md)';
