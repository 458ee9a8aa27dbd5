-- Applies corrections of enrolments, and opens the account that one turned out to have.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments and form: docs/proposals.md; payload.account_id is the id of an account that may have to be opened.
-- Locks: the persons in the order of their keys, as whoever enrols does, so that two enrolments of a person do not pass
-- each other.
-- Outcomes: applied; not_allowed_in_status where another employee enrolment is active by now; conflict where what was
-- to be changed has changed since, would not fit any more, or the record was merged.
CREATE OR REPLACE FUNCTION proposal_apply_correct_enrolment(
    proposal_ids uuid[], instant timestamptz, actors uuid[], request_ids text[])
RETURNS TABLE (proposal_id uuid, status text, outcome jsonb)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    statuses text[];
    opened uuid[];
BEGIN
    PERFORM FROM person
      WHERE person.person_key IN (SELECT p.person_key FROM proposal AS p WHERE p.proposal_id = ANY (proposal_ids))
      ORDER BY person.person_key FOR NO KEY UPDATE OF person;
    SELECT array_agg(CASE WHEN enrolment.enrolment_id IS NULL
                               OR NOT enrolment_values(enrolment) @> proposal_values(p.payload, 'before')
                               OR EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = p.person_key)
                               THEN 'conflict'
                          WHEN fault.code = 'not_allowed_in_status' THEN fault.code
                          WHEN fault.code IS NOT NULL THEN 'conflict'
                          ELSE 'applied' END ORDER BY asked.ord) INTO statuses
      FROM unnest(proposal_ids) WITH ORDINALITY AS asked (proposal_id, ord)
      JOIN proposal AS p ON p.proposal_id = asked.proposal_id
      LEFT JOIN enrolment ON enrolment.person_key = p.person_key AND enrolment.enrolment_id = p.object_id
      LEFT JOIN LATERAL (
          SELECT enrolment_fault(enrolment, enrolment_values(enrolment) || proposal_values(p.payload, 'after')) AS code
      ) AS fault ON true;
    BEGIN
        UPDATE enrolment
           SET status = new.item ->> 'status', ended_on = (new.item ->> 'ended_on')::date,
               retired_on = (new.item ->> 'retired_on')::date, employer_code = new.item ->> 'employer_code',
               account_mode = new.item ->> 'account_mode', payer_kind = new.item ->> 'payer_kind',
               exempt_group = new.item ->> 'exempt_group'
          FROM (SELECT p.person_key, p.object_id,
                       enrolment_values(old) || proposal_values(p.payload, 'after') AS item
                  FROM unnest(proposal_ids, statuses) AS asked (proposal_id, status)
                  JOIN proposal AS p ON p.proposal_id = asked.proposal_id
                  JOIN enrolment AS old ON old.person_key = p.person_key AND old.enrolment_id = p.object_id
                 WHERE asked.status = 'applied') AS new
         WHERE enrolment.person_key = new.person_key AND enrolment.enrolment_id = new.object_id;

        WITH made AS (
            INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at)
            SELECT p.person_key, (p.payload ->> 'account_id')::uuid, person.person_id, enrolment.pool_code,
                   CASE WHEN person.deceased_on IS NOT NULL THEN 'deceased'
                        WHEN enrolment.status IN ('active', 'suspended', 'pending_in')
                             AND NOT EXISTS (SELECT FROM account AS other
                                              WHERE other.person_key = p.person_key AND other.status = 'active')
                        THEN 'active' ELSE 'spend_only' END, instant
              FROM unnest(proposal_ids, statuses) AS asked (proposal_id, status)
              JOIN proposal AS p ON p.proposal_id = asked.proposal_id
              JOIN person ON person.person_key = p.person_key
              JOIN enrolment ON enrolment.person_key = p.person_key AND enrolment.enrolment_id = p.object_id
             WHERE asked.status = 'applied' AND enrolment.scheme = 'employee'
               AND enrolment.account_mode = 'with_account'
             ORDER BY p.person_key
                ON CONFLICT (person_key, pool_code) DO NOTHING
            RETURNING account.account_id
        )
        SELECT array_agg(made.account_id) INTO opened FROM made;
    EXCEPTION WHEN unique_violation THEN
        -- An import has just enrolled one of them elsewhere, or opened an account there: all may be asked again.
        RETURN QUERY SELECT asked.id, 'conflict', NULL::jsonb FROM unnest(proposal_ids) AS asked (id);
        RETURN;
    END;

    RETURN QUERY
    SELECT p.proposal_id, asked.status,
           CASE WHEN (p.payload ->> 'account_id')::uuid = ANY (opened)
                THEN jsonb_build_object('account_opened', p.payload ->> 'account_id') ELSE '{}' END
      FROM unnest(proposal_ids, statuses) AS asked (proposal_id, status)
      JOIN proposal AS p ON p.proposal_id = asked.proposal_id;
END
$$;
COMMENT ON FUNCTION proposal_apply_correct_enrolment(uuid[], timestamptz, uuid[], text[]) IS
    'Applies corrections of enrolments (docs/proposals.md)';
