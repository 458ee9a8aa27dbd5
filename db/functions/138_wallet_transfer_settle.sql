-- Ends transfers to wallets that are good: the money goes into the wallet, or back to where it came from.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: asked_event accept, decline, cancel or return for all; then arrays with one element for each transfer.
-- whos, actor_kinds and actor_ids: who does it, as state_record has them. business_dates: of the entries.
-- Locks: the caller has locked the transfers, and the accounts that receive, in earlier statements.
-- Into a wallet all of it goes to the carried-over part: a wallet has no account year. What goes back, goes to the part
-- that gave it; but current-year money of an account year that has ended is carried over. The
-- caller has judged: what cannot be posted is a bug.
CREATE OR REPLACE FUNCTION wallet_transfer_settle(
    asked_event text, statuses text[], person_keys bigint[], transfer_ids uuid[], whos text[], actor_kinds text[],
    actor_ids uuid[], business_dates date[], instant timestamptz, hash_algorithm text)
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    is_in boolean := asked_event = 'accept';
    about record;
    posted_ats timestamptz[];
BEGIN
    SELECT array_agg(taking.person_key ORDER BY a.ord) AS person_keys,
           array_agg(taking.account_id ORDER BY a.ord) AS account_ids,
           array_agg(taking.pool_code ORDER BY a.ord) AS pools, array_agg(sent.pool_code ORDER BY a.ord) AS from_pools,
           array_agg(sent.current_year_fen ORDER BY a.ord) AS current_years,
           array_agg(sent.carried_over_fen ORDER BY a.ord) AS carried_overs,
           array_agg(CASE WHEN is_in
                               OR import_account_year(sent.business_date, year.starts_month)
                                  < import_account_year(a.business_date, year.starts_month)
                          THEN 'carried_over' ELSE 'current_year' END ORDER BY a.ord) AS current_year_parts,
           array_agg(gave.current_year_entry_id ORDER BY a.ord) AS current_year_linked_ids,
           array_agg(gave.carried_over_entry_id ORDER BY a.ord) AS carried_over_linked_ids
      INTO about
      FROM unnest(statuses, person_keys, transfer_ids, business_dates) WITH ORDINALITY
           AS a (status, person_key, transfer_id, business_date, ord)
      LEFT JOIN wallet_transfer AS sent ON a.status = 'good' AND sent.person_key = a.person_key
           AND sent.wallet_transfer_id = a.transfer_id
      LEFT JOIN pool ON pool.pool_code = sent.pool_code
     CROSS JOIN LATERAL (SELECT coalesce(pool.account_year_starts_month, 1::smallint) AS starts_month) AS year
      LEFT JOIN account AS taking
             ON CASE WHEN is_in THEN taking.person_key = sent.receiver_person_key AND taking.pool_code = '000000'
                     ELSE taking.person_key = sent.person_key AND taking.account_id = sent.account_id END
      LEFT JOIN LATERAL (
           SELECT min(entry.entry_id::text) FILTER (WHERE entry.part = 'current_year')::uuid AS current_year_entry_id,
                  min(entry.entry_id::text) FILTER (WHERE entry.part = 'carried_over')::uuid AS carried_over_entry_id
             FROM ledger_entry AS entry
            WHERE entry.person_key = sent.person_key AND entry.account_id = sent.account_id
              AND entry.posted_at = sent.created_at AND entry.operation_id = sent.wallet_transfer_id
              AND entry.kind = 'wallet_out') AS gave ON true;
    posted_ats := wallet_transfer_post(
        CASE WHEN is_in THEN 'wallet_in' ELSE 'wallet_return' END, statuses, transfer_ids, about.person_keys,
        about.account_ids, about.pools, business_dates, about.current_years, about.carried_overs,
        about.current_year_parts, array_fill('carried_over'::text, ARRAY[cardinality(statuses)]),
        about.current_year_linked_ids, about.carried_over_linked_ids, instant, hash_algorithm);
    UPDATE wallet_transfer AS sent
       SET state = state_next('wallet_transfer', 'pending', asked_event), ended_at = a.posted_at,
           wallet_account_id = CASE WHEN is_in THEN a.account_id END
      FROM unnest(statuses, person_keys, transfer_ids, about.account_ids, posted_ats)
           AS a (status, person_key, transfer_id, account_id, posted_at)
     WHERE a.status = 'good' AND sent.person_key = a.person_key AND sent.wallet_transfer_id = a.transfer_id;
    PERFORM state_record(
        'wallet_transfer', statuses, person_keys, transfer_ids, about.from_pools,
        array_fill(asked_event, ARRAY[cardinality(statuses)]),
        array_fill('pending'::text, ARRAY[cardinality(statuses)]), whos, actor_kinds, actor_ids, NULL, NULL,
        posted_ats);
END
$$;
COMMENT ON FUNCTION wallet_transfer_settle(text, text[], bigint[], uuid[], text[], text[], uuid[], date[], timestamptz,
    text) IS
    'Ends transfers to wallets that were judged good: the money goes into the wallet, or back to where it came from';
