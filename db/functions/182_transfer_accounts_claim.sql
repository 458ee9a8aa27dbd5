-- Locks all accounts of the people whose transfers are locked, for what a decision about those may do to them.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; only those that are `good` are asked for, each person once.
-- Locks: those of account_claim. Outcomes: the statuses; deferred where somebody else has an account of the person.
CREATE OR REPLACE FUNCTION transfer_accounts_claim(statuses text[], person_keys bigint[], is_waiting boolean)
RETURNS text[]
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    accounts record;
    missed bigint[];
BEGIN
    SELECT array_agg(account.person_key ORDER BY account.account_id) AS person_keys,
           array_agg(account.account_id ORDER BY account.account_id) AS account_ids
      INTO accounts
      FROM account
     WHERE account.person_key IN (SELECT a.person_key FROM unnest(statuses, person_keys) AS a (status, person_key)
                                   WHERE a.status = 'good');
    IF accounts.account_ids IS NULL THEN
        RETURN statuses;
    END IF;
    SELECT array_agg(accounts.person_keys[claim.ord]) INTO missed
      FROM account_claim(accounts.person_keys, accounts.account_ids, is_waiting) AS claim
     WHERE claim.verdict <> 'locked';
    RETURN ARRAY(SELECT CASE WHEN a.status = 'good' AND a.person_key = ANY (missed) THEN 'deferred' ELSE a.status END
                   FROM unnest(statuses, person_keys) WITH ORDINALITY AS a (status, person_key, ord)
                  ORDER BY a.ord);
END
$$;
COMMENT ON FUNCTION transfer_accounts_claim(text[], bigint[], boolean) IS
    'Locks all accounts of the people whose transfers are locked; the statuses, deferred where somebody else has one';
