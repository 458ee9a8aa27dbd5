-- Copies the contributions and receivables of a merged record to the survivor; what was there stays as history.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the rows of the receivables; the caller has locked persons and accounts and opened the accounts
-- (merge_accounts) and copied the credits (merge_credits).
-- A copy of a contribution has everything of its origin, also status and operation: its money has come over with
-- merge_in. Outcomes: how many contributions and receivables were copied.
CREATE OR REPLACE FUNCTION merge_records(
    survivor_key bigint, duplicate_key bigint, OUT contributions bigint, OUT receivables bigint)
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    tick bigint := person_id_tick();
BEGIN
    INSERT INTO contribution
    SELECT copied.*
      FROM (SELECT given, asked.origin_contribution_id AS origin, asked.source_document AS document,
                   person_id_at(survivor_key, tick + row_number() OVER (ORDER BY given.contribution_id)) AS id
              FROM merge_contribution_copies(survivor_key, duplicate_key) AS asked
              JOIN contribution AS given ON given.person_key = duplicate_key
                   AND given.contribution_id = asked.contribution_id) AS numbered,
           jsonb_populate_record(given, jsonb_build_object('person_key', survivor_key, 'contribution_id', id,
               'origin_contribution_id', origin, 'source_document', document)) AS copied;
    GET DIAGNOSTICS contributions = ROW_COUNT;
    INSERT INTO receivable (person_key, receivable_id, account_id, pool_code, kind, amount_fen, settled_fen, state,
        operation_id, contribution_id, credit_id, created_at, business_date, origin_receivable_id)
    SELECT survivor_key, person_id_at(survivor_key, tick + row_number() OVER (ORDER BY given.receivable_id)),
           account.account_id, given.pool_code, given.kind, given.amount_fen, given.settled_fen, given.state,
           given.operation_id, copied.contribution_id, copied_credit.credit_id, given.created_at, given.business_date,
           coalesce(given.origin_receivable_id, given.receivable_id)
      FROM receivable AS given
      JOIN account ON account.person_key = survivor_key AND account.pool_code = given.pool_code
      LEFT JOIN contribution AS source ON source.person_key = duplicate_key
           AND source.contribution_id = given.contribution_id
      LEFT JOIN contribution AS copied ON copied.person_key = survivor_key AND copied.origin_contribution_id
           = coalesce(source.origin_contribution_id, source.contribution_id)
      LEFT JOIN pensioner_credit AS source_credit ON source_credit.person_key = duplicate_key
           AND source_credit.credit_id = given.credit_id
      LEFT JOIN pensioner_credit AS copied_credit ON copied_credit.person_key = survivor_key
           AND copied_credit.origin_credit_id = coalesce(source_credit.origin_credit_id, source_credit.credit_id)
     WHERE given.person_key = duplicate_key AND given.state <> 'moved';
    GET DIAGNOSTICS receivables = ROW_COUNT;
    UPDATE receivable SET state = 'moved' WHERE person_key = duplicate_key AND state <> 'moved';
END
$$;
COMMENT ON FUNCTION merge_records(bigint, bigint) IS
    'Copies the contributions and receivables of a merged record to the survivor; how many of each';
