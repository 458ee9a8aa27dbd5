-- Posts the entries of transfers to wallets that are good: of their way out, into the wallet, or back.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: asked_kind wallet_out, wallet_in or wallet_return for all; then arrays with one element for each transfer:
-- whose account, and its pool; what both parts of the sender's balance gave, and which part of the account each is
-- about. linked ids: the entries wallet_out; null of those themselves. A part of 0 fen has no entry. An account may
-- stand there several times.
-- Locks: the caller has locked the accounts in an earlier statement. Ids are made here: they decide nothing, and what
-- is asked for again is known by its key or its state.
-- Outcomes: the posting instant of each member. The caller has judged: what cannot be posted is a bug.
CREATE OR REPLACE FUNCTION wallet_transfer_post(
    asked_kind text, statuses text[], transfer_ids uuid[], person_keys bigint[], account_ids uuid[], pools text[],
    business_dates date[], current_years bigint[], carried_overs bigint[], current_year_parts text[],
    carried_over_parts text[], current_year_linked_ids uuid[], carried_over_linked_ids uuid[], instant timestamptz,
    hash_algorithm text)
RETURNS timestamptz[]
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    tick bigint := person_id_tick();
    part record;
    posted record;
    posted_ats timestamptz[] := array_fill(instant, ARRAY[cardinality(transfer_ids)]);
BEGIN
    SELECT array_agg(e.ord) AS ords, array_agg(e.person_key) AS person_keys, array_agg(e.account_id) AS account_ids,
           array_agg(e.transfer_id) AS transfer_ids, array_agg(e.part) AS parts, array_agg(e.fen) AS amounts,
           array_agg('transit:' || e.pool_code) AS system_accounts, array_agg(e.business_date) AS business_dates,
           array_agg(e.linked_id) AS linked_ids, array_agg(person_id_at(e.person_key, tick + e.number)) AS entry_ids
      INTO part
      FROM (SELECT a.*, p.*, row_number() OVER (ORDER BY a.ord, p.place) AS number
              FROM unnest(statuses, transfer_ids, person_keys, account_ids, pools, business_dates, current_years,
                          carried_overs, current_year_parts, carried_over_parts, current_year_linked_ids,
                          carried_over_linked_ids) WITH ORDINALITY
                   AS a (status, transfer_id, person_key, account_id, pool_code, business_date, current_year,
                         carried_over, current_year_part, carried_over_part, current_year_linked, carried_over_linked,
                         ord)
             CROSS JOIN LATERAL (VALUES (1, a.current_year_part, a.current_year, a.current_year_linked),
                                        (2, a.carried_over_part, a.carried_over, a.carried_over_linked))
                  AS p (place, part, fen, linked_id)
             WHERE a.status = 'good' AND p.fen > 0
             ORDER BY a.ord, p.place) AS e;
    IF part.ords IS NULL THEN
        RETURN posted_ats;
    END IF;
    FOR posted IN
        SELECT part.ords[e.ord] AS member, e.status, e.posted_at
          FROM ledger_post(
                   part.person_keys, part.account_ids, part.entry_ids, part.transfer_ids,
                   array_fill(asked_kind, ARRAY[cardinality(part.ords)]), part.parts,
                   array_fill(CASE asked_kind WHEN 'wallet_out' THEN 'debit' ELSE 'credit' END,
                              ARRAY[cardinality(part.ords)]),
                   part.amounts, part.system_accounts, part.business_dates,
                   array_fill(''::text, ARRAY[cardinality(part.ords)]), part.linked_ids, instant, hash_algorithm) AS e
    LOOP
        ASSERT posted.status = 'posted', 'a wallet transfer that was judged good cannot be posted: ' || posted.status;
        posted_ats[posted.member] := greatest(posted.posted_at, posted_ats[posted.member]);
    END LOOP;
    RETURN posted_ats;
END
$$;
COMMENT ON FUNCTION wallet_transfer_post(text, text[], uuid[], bigint[], uuid[], text[], date[], bigint[], bigint[],
    text[], text[], uuid[], uuid[], timestamptz, text) IS
    'Posts the entries of transfers to wallets that were judged good; the posting instant of each';
