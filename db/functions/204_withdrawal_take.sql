-- Takes all the money of an account for a withdrawal: settles its interest first, then one entry for each part.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the caller has locked the account in an earlier statement, and judged (withdrawal_refusal, withdrawal_holds).
-- Accounts of so much money that interest might not fit any more are not settled, as in merges. The entries' operation
-- is the withdrawal, and so is what interest_posting names as the reason. Outcomes: one row: what each part gave, fen;
-- the account's status; the posting instant.
CREATE OR REPLACE FUNCTION withdrawal_take(
    asked_person_key bigint, asked_account_id uuid, withdrawal_id uuid, instant timestamptz, hash_algorithm text)
RETURNS TABLE (current_year_fen bigint, carried_over_fen bigint, account_status text, posted_at timestamptz)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    giving account;
    tick bigint := person_id_tick();
    refused bigint;
BEGIN
    SELECT * INTO STRICT giving FROM account AS a
     WHERE a.person_key = asked_person_key AND a.account_id = asked_account_id;
    IF giving.current_year_fen + giving.carried_over_fen < 4503599627370496 THEN
        PERFORM interest_settle(asked_person_key, asked_account_id, withdrawal_take.withdrawal_id, instant,
                                hash_algorithm);
        SELECT * INTO STRICT giving FROM account AS a
         WHERE a.person_key = asked_person_key AND a.account_id = asked_account_id;
    END IF;
    WITH part AS (
        SELECT array_agg(one.part ORDER BY one.place) AS parts, array_agg(one.fen ORDER BY one.place) AS amounts,
               array_agg(person_id_at(asked_person_key, tick + one.place) ORDER BY one.place) AS entry_ids,
               count(*)::integer AS entries
          FROM (VALUES (1, 'current_year', giving.current_year_fen), (2, 'carried_over', giving.carried_over_fen))
               AS one (place, part, fen)
         WHERE one.fen > 0
    )
    SELECT max(entry.posted_at), count(*) FILTER (WHERE entry.status <> 'posted') INTO posted_at, refused
      FROM part, ledger_post(
               array_fill(asked_person_key, ARRAY[part.entries]), array_fill(asked_account_id, ARRAY[part.entries]),
               part.entry_ids, array_fill(withdrawal_take.withdrawal_id, ARRAY[part.entries]),
               array_fill('withdrawal'::text, ARRAY[part.entries]), part.parts,
               array_fill('debit'::text, ARRAY[part.entries]), part.amounts,
               array_fill('withdrawal_payable:' || giving.pool_code, ARRAY[part.entries]),
               array_fill((instant AT TIME ZONE 'Asia/Shanghai')::date, ARRAY[part.entries]),
               array_fill(''::text, ARRAY[part.entries]), NULL, instant, hash_algorithm) AS entry;
    ASSERT refused = 0, 'a withdrawal that was judged good cannot be posted';
    current_year_fen := giving.current_year_fen;
    carried_over_fen := giving.carried_over_fen;
    account_status := giving.status;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION withdrawal_take(bigint, uuid, uuid, timestamptz, text) IS
    'Takes all the money of a locked account for a withdrawal, its interest settled first; what each part gave';
