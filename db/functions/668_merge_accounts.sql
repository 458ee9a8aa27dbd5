-- Gives the survivor of a merge an account in each pool where the other record has one; exactly one of all receives.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the caller has locked the accounts of both; enrolments are copied before. The account that receives is that of
-- the active enrolment, else the one that did at the survivor, else at the other record; those that did become
-- spend_only. The cut-over day goes along: what an opening balance holds must not be posted again.
CREATE OR REPLACE FUNCTION merge_accounts(
    survivor_key bigint, survivor_id uuid, duplicate_key bigint, instant timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    tick bigint := person_id_tick();
    receiving text := coalesce(
        (SELECT pool_code FROM enrolment WHERE person_key = survivor_key AND scheme = 'employee' AND status = 'active'
                                           AND account_mode = 'with_account'),
        (SELECT pool_code FROM account WHERE person_key = survivor_key AND status = 'active'),
        (SELECT pool_code FROM account WHERE person_key = duplicate_key AND status = 'active'));
BEGIN
    UPDATE account SET status = 'spend_only', version = account.version + 1
     WHERE person_key = survivor_key AND status = 'active' AND pool_code <> receiving;
    UPDATE account
       SET status = CASE WHEN account.status = 'spend_only' AND account.pool_code = receiving THEN 'active'
                         ELSE account.status END,
           cut_over_on = greatest(account.cut_over_on, given.cut_over_on), version = account.version + 1
      FROM account AS given
     WHERE account.person_key = survivor_key AND given.person_key = duplicate_key
       AND given.pool_code = account.pool_code
       AND ((account.status = 'spend_only' AND account.pool_code = receiving)
            OR account.cut_over_on IS DISTINCT FROM greatest(account.cut_over_on, given.cut_over_on));
    INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at, cut_over_on)
    SELECT survivor_key, person_id_at(survivor_key, tick + row_number() OVER (ORDER BY given.account_id)), survivor_id,
           given.pool_code,
           CASE WHEN given.status IN ('suspended', 'closed') THEN given.status
                WHEN given.pool_code = receiving THEN 'active' ELSE 'spend_only' END, instant, given.cut_over_on
      FROM account AS given
     WHERE given.person_key = duplicate_key
       AND NOT EXISTS (SELECT FROM account AS own
                        WHERE own.person_key = survivor_key AND own.pool_code = given.pool_code);
END
$$;
COMMENT ON FUNCTION merge_accounts(bigint, uuid, bigint, timestamptz) IS
    'Gives the survivor of a merge an account in each pool where the other record has one; exactly one of all receives';
