-- What posting the given entries would do to their accounts: number, balances after, posting instant,
-- and the fault of each.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: one row for each entry, in any order; fault is null where nothing speaks against it, else the
-- first of malformed, unknown_account, forbidden_pairing, insufficient_balance, balance_overflow.
-- A single SELECT without side effects, so that the planner inlines it. sum(bigint) is numeric:
-- nothing overflows before it is judged.
CREATE OR REPLACE FUNCTION ledger_running(
    person_keys bigint[], account_ids uuid[], entry_ids uuid[], operation_ids uuid[], kinds text[], parts text[],
    directions text[], amounts_fen bigint[], system_accounts text[], business_dates date[], reference_texts text[],
    linked_entry_ids uuid[], instant timestamptz)
RETURNS TABLE (
    ord bigint, person_key bigint, account_id uuid, entry_id uuid, operation_id uuid, kind text, part text,
    direction text, amount_fen bigint, signed_fen bigint, system_account text, business_date date, reference text,
    linked_entry_id uuid, seq bigint, current_year_after_fen numeric, carried_over_after_fen numeric,
    posted_at timestamptz, head bytea, is_last boolean, fault text)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT running.ord, running.person_key, running.account_id, running.entry_id, running.operation_id, running.kind,
       running.part, running.direction, running.amount_fen, running.signed_fen, running.system_account,
       running.business_date, running.reference, running.linked_entry_id, running.seq,
       running.current_year_after_fen, running.carried_over_after_fen, running.posted_at, running.head, running.is_last,
       CASE
           WHEN NOT running.well_formed THEN 'malformed'
           WHEN running.head IS NULL THEN 'unknown_account'
           WHEN NOT running.may_pair THEN 'forbidden_pairing'
           WHEN running.current_year_after_fen < 0 OR running.carried_over_after_fen < 0
                OR running.current_year_after_fen + running.carried_over_after_fen < running.held_fen
               THEN 'insufficient_balance'
           WHEN running.current_year_after_fen + running.carried_over_after_fen > 9007199254740991
               THEN 'balance_overflow'
       END
FROM (
    SELECT given.*,
           account.last_hash AS head,
           account.held_fen,
           greatest(instant, account.last_posted_at, (SELECT open_from FROM ledger_close)) AS posted_at,
           account.last_seq + row_number() OVER in_account AS seq,
           account.current_year_fen + sum(CASE WHEN given.part = 'current_year' THEN given.signed_fen ELSE 0 END)
               OVER in_account AS current_year_after_fen,
           account.carried_over_fen + sum(CASE WHEN given.part = 'current_year' THEN 0 ELSE given.signed_fen END)
               OVER in_account AS carried_over_after_fen,
           lead(given.ord) OVER in_account IS NULL AS is_last,
           entry_rule.entry_kind IS NOT NULL AS may_pair
    FROM (
        SELECT asked.*,
               (asked.amount_fen BETWEEN 1 AND 9007199254740991 AND asked.part IN ('current_year', 'carried_over')
                AND asked.direction IN ('credit', 'debit') AND octet_length(asked.reference) <= 256
                AND asked.entry_id IS NOT NULL AND asked.operation_id IS NOT NULL
                AND asked.business_date IS NOT NULL) IS TRUE AS well_formed,
               CASE WHEN asked.amount_fen BETWEEN 1 AND 9007199254740991
                    THEN CASE asked.direction WHEN 'credit' THEN asked.amount_fen ELSE -asked.amount_fen END
                    ELSE 0 END AS signed_fen
        FROM unnest(person_keys, account_ids, entry_ids, operation_ids, kinds, parts, directions, amounts_fen,
                    system_accounts, business_dates, reference_texts, linked_entry_ids) WITH ORDINALITY
             AS asked (person_key, account_id, entry_id, operation_id, kind, part, direction, amount_fen,
                       system_account, business_date, reference, linked_entry_id, ord)
    ) AS given
    LEFT JOIN account ON account.person_key = given.person_key AND account.account_id = given.account_id
    LEFT JOIN system_account ON system_account.system_account = given.system_account
    LEFT JOIN entry_rule ON entry_rule.entry_kind = given.kind AND entry_rule.direction = given.direction
                        AND entry_rule.system_kind = system_account.kind
    WINDOW in_account AS (PARTITION BY given.person_key, given.account_id ORDER BY given.ord
                          ROWS UNBOUNDED PRECEDING)
) AS running
$$;
