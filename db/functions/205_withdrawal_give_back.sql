-- Gives the money of a withdrawal back to its account: one entry for each part, linked to the one that took it.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the caller has locked the account in an earlier statement, and judged that there is room for it. Current-year
-- money of an account year that has ended becomes carried-over money. An account that was closed in between is opened
-- again as it was; `active` only where no other one is. Every other status takes back what was taken.
-- Outcomes: the posting instant.
CREATE OR REPLACE FUNCTION withdrawal_give_back(
    asked withdrawal, return_id uuid, instant timestamptz, hash_algorithm text) RETURNS timestamptz
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    today date := (instant AT TIME ZONE 'Asia/Shanghai')::date;
    tick bigint := person_id_tick();
    starts_month smallint := coalesce((SELECT pool.account_year_starts_month FROM pool
                                        WHERE pool.pool_code = asked.pool_code), 1::smallint);
    refused bigint;
    posted_at timestamptz;
BEGIN
    UPDATE account AS a
       SET version = a.version + 1,
           status = CASE WHEN asked.account_status = 'active'
                              AND EXISTS (SELECT FROM account AS other
                                           WHERE other.person_key = asked.person_key AND other.status = 'active')
                         THEN 'spend_only' ELSE asked.account_status END
     WHERE a.person_key = asked.person_key AND a.account_id = asked.account_id AND a.status = 'closed';
    WITH part AS (
        SELECT array_agg(CASE WHEN import_account_year(taken.business_date, starts_month)
                                   < import_account_year(today, starts_month) THEN 'carried_over'
                              ELSE taken.part END ORDER BY taken.seq) AS parts,
               array_agg(taken.amount_fen ORDER BY taken.seq) AS amounts,
               array_agg(taken.entry_id ORDER BY taken.seq) AS linked_ids,
               array_agg(person_id_at(taken.person_key, tick + taken.seq % 1024) ORDER BY taken.seq) AS entry_ids,
               count(*)::integer AS entries
          FROM ledger_entry AS taken
         WHERE taken.person_key = asked.person_key AND taken.account_id = asked.account_id
           AND taken.operation_id = asked.withdrawal_id AND taken.kind = 'withdrawal'
    )
    SELECT max(entry.posted_at), count(*) FILTER (WHERE entry.status <> 'posted') INTO posted_at, refused
      FROM part, ledger_post(
               array_fill(asked.person_key, ARRAY[part.entries]), array_fill(asked.account_id, ARRAY[part.entries]),
               part.entry_ids, array_fill(return_id, ARRAY[part.entries]),
               array_fill('withdrawal_return'::text, ARRAY[part.entries]), part.parts,
               array_fill('credit'::text, ARRAY[part.entries]), part.amounts,
               array_fill('withdrawal_payable:' || asked.pool_code, ARRAY[part.entries]),
               array_fill(today, ARRAY[part.entries]), array_fill(''::text, ARRAY[part.entries]), part.linked_ids,
               instant, hash_algorithm) AS entry;
    ASSERT refused = 0, 'the return of a withdrawal that was judged good cannot be posted';
    RETURN posted_at;
END
$$;
COMMENT ON FUNCTION withdrawal_give_back(withdrawal, uuid, timestamptz, text) IS
    'Gives the money of a withdrawal back to its locked account; the posting instant';
