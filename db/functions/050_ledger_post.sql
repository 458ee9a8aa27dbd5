-- Posts entries to personal accounts: the only writer of ledger_entry,
-- for a batch of one as well as of twenty thousand.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each entry (linked_entry_ids may be null altogether), in the order in which
-- entries of one account follow each other; the instant of posting; sha256 or sm3. Ids come from the caller. kinds,
-- directions and system_accounts must fit entry_rule.
-- Locks: none taken. The caller has locked the accounts in an EARLIER statement of this transaction (account_lock), so
-- that this one sees their newest rows. One UPDATE of account and one INSERT into ledger_entry for all.
-- Outcomes: one row for each entry, ord = its 1-based place, in any order. status:
--   posted                 seq, balances after and posted_at are those of the new entry
--   malformed              an id, amount, part, direction, date or reference that no entry can have
--   unknown_account        no such personal account
--   forbidden_pairing      no such system account, or entry_rule does not let this kind meet it
--   insufficient_balance   a part would go below zero, or the balance below what is held
--   balance_overflow       the balance would exceed 9,007,199,254,740,991 fen
--   deferred               shares an account or operation with one refused above: ask again without that one
-- An operation_id is posted whole or not at all. Account status is the caller's to judge (account_status_rule).
CREATE OR REPLACE FUNCTION ledger_post(
    person_keys bigint[], account_ids uuid[], entry_ids uuid[], operation_ids uuid[], kinds text[], parts text[],
    directions text[], amounts_fen bigint[], system_accounts text[], business_dates date[], reference_texts text[],
    linked_entry_ids uuid[], instant timestamptz, hash_algorithm text)
RETURNS TABLE (ord bigint, status text, seq bigint, current_year_after_fen bigint, carried_over_after_fen bigint,
               posted_at timestamptz)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    asked_count bigint := coalesce(cardinality(entry_ids), 0);
    posted_count bigint;
    refused bigint[];
    reasons text[];
    kept bigint[];
BEGIN
    RETURN QUERY
    WITH running AS MATERIALIZED (
        SELECT * FROM ledger_running(person_keys, account_ids, entry_ids, operation_ids, kinds, parts, directions,
            amounts_fen, system_accounts, business_dates, reference_texts, linked_entry_ids, instant)
    ), chained AS MATERIALIZED (
        SELECT r.ord, r.person_key, r.account_id, r.entry_id, r.operation_id, r.kind, r.part, r.direction, r.amount_fen,
               r.system_account, r.business_date, r.reference, r.linked_entry_id, r.seq, r.posted_at, r.is_last,
               r.current_year_after_fen::bigint AS current_year_after_fen,
               r.carried_over_after_fen::bigint AS carried_over_after_fen,
               ledger_chain(r.head, hash_algorithm, ledger_entry_bytes(r.account_id, r.seq, r.entry_id, r.operation_id,
                   r.linked_entry_id, r.signed_fen, r.current_year_after_fen::bigint, r.carried_over_after_fen::bigint,
                   r.business_date, r.posted_at, r.kind, r.part, r.system_account, r.reference))
                   OVER (PARTITION BY r.person_key, r.account_id ORDER BY r.ord ROWS UNBOUNDED PRECEDING) AS hash
        FROM running AS r
        WHERE NOT EXISTS (SELECT FROM running WHERE fault IS NOT NULL)
    ), inserted AS (
        INSERT INTO ledger_entry (person_key, account_id, seq, entry_id, operation_id, kind, part, direction,
                                  amount_fen,
            current_year_after_fen, carried_over_after_fen, system_account, business_date, posted_at, reference,
            linked_entry_id, hash_algorithm, hash)
        SELECT c.person_key, c.account_id, c.seq, c.entry_id, c.operation_id, c.kind, c.part, c.direction, c.amount_fen,
               c.current_year_after_fen, c.carried_over_after_fen, c.system_account, c.business_date, c.posted_at,
               c.reference, c.linked_entry_id, hash_algorithm, c.hash
        FROM chained AS c
    ), updated AS (
        UPDATE account
        SET current_year_fen = c.current_year_after_fen, carried_over_fen = c.carried_over_after_fen,
            version = account.version + 1, last_seq = c.seq, last_hash = c.hash, last_posted_at = c.posted_at
        FROM chained AS c
        WHERE c.is_last AND account.person_key = c.person_key AND account.account_id = c.account_id
    )
    SELECT c.ord, 'posted', c.seq, c.current_year_after_fen, c.carried_over_after_fen, c.posted_at FROM chained AS c;
    GET DIAGNOSTICS posted_count = ROW_COUNT;
    IF posted_count = asked_count THEN
        RETURN;
    END IF;

    -- Something has a fault, so nothing was posted: name what stays out, then post the rest.
    SELECT array_agg(r.ord), array_agg(r.status) INTO refused, reasons
    FROM ledger_refusals(person_keys, account_ids, entry_ids, operation_ids, kinds, parts, directions, amounts_fen,
                         system_accounts, business_dates, reference_texts, linked_entry_ids, instant) AS r;
    ASSERT cardinality(refused) > 0;
    RETURN QUERY
    SELECT r.ord, r.status, NULL::bigint, NULL::bigint, NULL::bigint, NULL::timestamptz
    FROM unnest(refused, reasons) AS r (ord, status);
    SELECT array_agg(i ORDER BY i) INTO kept
    FROM (SELECT generate_series(1, asked_count) EXCEPT SELECT unnest(refused)) AS rest (i);
    IF kept IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT kept[again.ord], again.status, again.seq, again.current_year_after_fen, again.carried_over_after_fen,
           again.posted_at
    FROM ledger_post(
        ARRAY(SELECT person_keys[i] FROM unnest(kept) WITH ORDINALITY AS k (i, place) ORDER BY place),
        ARRAY(SELECT account_ids[i] FROM unnest(kept) WITH ORDINALITY AS k (i, place) ORDER BY place),
        ARRAY(SELECT entry_ids[i] FROM unnest(kept) WITH ORDINALITY AS k (i, place) ORDER BY place),
        ARRAY(SELECT operation_ids[i] FROM unnest(kept) WITH ORDINALITY AS k (i, place) ORDER BY place),
        ARRAY(SELECT kinds[i] FROM unnest(kept) WITH ORDINALITY AS k (i, place) ORDER BY place),
        ARRAY(SELECT parts[i] FROM unnest(kept) WITH ORDINALITY AS k (i, place) ORDER BY place),
        ARRAY(SELECT directions[i] FROM unnest(kept) WITH ORDINALITY AS k (i, place) ORDER BY place),
        ARRAY(SELECT amounts_fen[i] FROM unnest(kept) WITH ORDINALITY AS k (i, place) ORDER BY place),
        ARRAY(SELECT system_accounts[i] FROM unnest(kept) WITH ORDINALITY AS k (i, place) ORDER BY place),
        ARRAY(SELECT business_dates[i] FROM unnest(kept) WITH ORDINALITY AS k (i, place) ORDER BY place),
        ARRAY(SELECT reference_texts[i] FROM unnest(kept) WITH ORDINALITY AS k (i, place) ORDER BY place),
        ARRAY(SELECT linked_entry_ids[i] FROM unnest(kept) WITH ORDINALITY AS k (i, place) ORDER BY place),
        instant, hash_algorithm) AS again;
END
$$;
