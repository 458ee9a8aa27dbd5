-- Enters active enrolments by hand and opens their accounts, as the import does.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each enrolment. visibles: comma-joined LIKE patterns of pool codes, null for
-- who sees all. employer_codes may be null. opened_ats: business instants; instants: real time, of the event.
-- Locks: the persons in key order, so that two who enrol somebody at once follow each other; then their accounts in id
-- order.
-- Outcomes: one row for each member, in order; every refusal but absent leaves all as it was. status, by precedence:
--   absent           no such person, or not in reach
--   unknown_pool     no such pool
--   before_birth     it would start before the person was born
--   not_current      the record was merged into another, or the person has died
--   already_exists   pool, scheme and first day are those of an enrolment that is there
--   active_exists    another employee enrolment is active
--   created          it is there (or was already, when asked again with the same id)
CREATE OR REPLACE FUNCTION enrolment_create(
    person_keys bigint[], person_ids uuid[], visibles text[], enrolment_ids uuid[], account_ids uuid[],
    pool_codes text[], schemes text[], account_modes text[], payer_kinds text[], employer_codes text[],
    employer_codes_valid boolean[], started_ons date[], opened_ats timestamptz[], event_ids uuid[],
    instants timestamptz[], actor_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
BEGIN
    PERFORM FROM person WHERE person.person_key = ANY (person_keys) ORDER BY person.person_key FOR NO KEY UPDATE;
    PERFORM FROM account WHERE account.person_key = ANY (person_keys) ORDER BY account.account_id FOR NO KEY UPDATE;
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.*
          FROM unnest(person_keys, person_ids, visibles, enrolment_ids, account_ids, pool_codes, schemes,
                      account_modes, payer_kinds, employer_codes, employer_codes_valid, started_ons, opened_ats,
                      event_ids, instants, actor_ids, request_ids) WITH ORDINALITY
               AS a (person_key, person_id, visible, enrolment_id, account_id, pool_code, scheme, account_mode,
                     payer_kind, employer_code, employer_code_valid, started_on, opened_at, event_id, instant,
                     actor_id, request_id, ord)
    ), known AS MATERIALIZED (
        SELECT asked.*,
               CASE WHEN person.person_key IS NULL
                         OR NOT (asked.visible IS NULL OR person_is_visible(asked.person_key, asked.visible))
                         THEN 'absent'
                    WHEN pool.pool_code IS NULL THEN 'unknown_pool'
                    WHEN asked.started_on < person.birth_date THEN 'before_birth'
                    WHEN same.enrolment_id = asked.enrolment_id THEN 'created'
                    WHEN person.deceased_on IS NOT NULL OR person_alias.person_key IS NOT NULL THEN 'not_current'
                    WHEN same.enrolment_id IS NOT NULL THEN 'already_exists'
                    WHEN asked.scheme = 'employee'
                         AND EXISTS (SELECT FROM enrolment
                                      WHERE enrolment.person_key = asked.person_key AND enrolment.scheme = 'employee'
                                        AND enrolment.status = 'active') THEN 'active_exists'
                    END AS verdict
          FROM asked
          LEFT JOIN person ON person.person_key = asked.person_key AND person.person_id = asked.person_id
          LEFT JOIN person_alias ON person_alias.person_key = asked.person_key
          LEFT JOIN pool ON pool.pool_code = asked.pool_code
          LEFT JOIN enrolment AS same
                 ON same.person_key = asked.person_key AND same.pool_code = asked.pool_code
                AND same.scheme = asked.scheme AND same.started_on = asked.started_on
    ), first AS MATERIALIZED (
        SELECT DISTINCT ON (known.person_key, known.scheme,
                            CASE known.scheme WHEN 'resident' THEN known.pool_code END,
                            CASE known.scheme WHEN 'resident' THEN known.started_on END)
               known.*
          FROM known
         WHERE known.verdict IS NULL
         ORDER BY known.person_key, known.scheme, CASE known.scheme WHEN 'resident' THEN known.pool_code END,
                  CASE known.scheme WHEN 'resident' THEN known.started_on END, known.ord
    ), employed AS (
        INSERT INTO employer (employer_code, check_digit_valid, first_seen_at)
        SELECT DISTINCT ON (first.employer_code) first.employer_code, first.employer_code_valid, first.opened_at
          FROM first
         WHERE first.employer_code IS NOT NULL
         ORDER BY first.employer_code, first.ord
            ON CONFLICT DO NOTHING
    ), enrolled AS (
        INSERT INTO enrolment (person_key, enrolment_id, pool_code, scheme, status, account_mode, payer_kind,
                               employer_code, started_on)
        SELECT first.person_key, first.enrolment_id, first.pool_code, first.scheme, 'active', first.account_mode,
               first.payer_kind, first.employer_code, first.started_on
          FROM first
         ORDER BY first.person_key, first.ord
            ON CONFLICT DO NOTHING
        RETURNING enrolment.enrolment_id
    ), judged AS MATERIALIZED (
        SELECT known.*,
               CASE WHEN known.verdict IS NOT NULL THEN known.verdict
                    WHEN enrolled.enrolment_id IS NOT NULL THEN 'created'
                    WHEN known.scheme = 'employee' THEN 'active_exists'
                    ELSE 'already_exists' END AS status,
               enrolled.enrolment_id IS NOT NULL AND known.account_mode = 'with_account' AS opens
          FROM known
          LEFT JOIN enrolled ON enrolled.enrolment_id = known.enrolment_id
    ), recorded AS (
        INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code,
                                 request_id, detail)
        SELECT judged.event_id, judged.instant, 'staff', judged.actor_id, 'create_enrolment', judged.person_key,
               CASE judged.status WHEN 'created' THEN judged.enrolment_id ELSE judged.person_id END,
               judged.pool_code, judged.request_id,
               jsonb_build_object('outcome', judged.status, 'scheme', judged.scheme,
                                  'account_mode', judged.account_mode)
          FROM judged
            ON CONFLICT (event_id) DO NOTHING
    ), demoted AS (
        UPDATE account
           SET status = 'spend_only', version = account.version + 1
          FROM judged
         WHERE judged.opens AND account.person_key = judged.person_key AND account.status = 'active'
           AND account.pool_code <> judged.pool_code
    )
    SELECT judged.ord, judged.status FROM judged ORDER BY judged.ord;
    INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at)
    SELECT asked.person_key, asked.account_id, asked.person_id, asked.pool_code,
           CASE WHEN EXISTS (SELECT FROM account
                              WHERE account.person_key = asked.person_key AND account.status = 'active')
                THEN 'spend_only' ELSE 'active' END, asked.opened_at
      FROM unnest(person_keys, person_ids, enrolment_ids, account_ids, pool_codes, opened_ats)
           AS asked (person_key, person_id, enrolment_id, account_id, pool_code, opened_at)
      JOIN enrolment ON enrolment.person_key = asked.person_key AND enrolment.enrolment_id = asked.enrolment_id
       AND enrolment.scheme = 'employee' AND enrolment.status = 'active' AND enrolment.account_mode = 'with_account'
     ORDER BY asked.person_key
        ON CONFLICT (person_key, pool_code) DO UPDATE SET status = 'active', version = account.version + 1
     WHERE excluded.status = 'active' AND account.status = 'spend_only';
END
$$;
COMMENT ON FUNCTION enrolment_create(bigint[], uuid[], text[], uuid[], uuid[], text[], text[], text[], text[], text[],
    boolean[], date[], timestamptz[], uuid[], timestamptz[], uuid[], text[]) IS
    'Enters active enrolments and opens their accounts; one status row for each member, created or a refusal';
