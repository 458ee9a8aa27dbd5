-- Which of the given entries must not be posted, when some of them have a fault.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: one row for each entry that stays out. An operation is all or nothing, and the balances after
-- were computed with all entries of an account; so everything that hangs together with a fault through operations and
-- accounts stays out: the operation of an account's first fault with that fault, the others as `deferred` (ask again;
-- they may do). Each call refuses at least one operation for good, so asking again ends.
CREATE OR REPLACE FUNCTION ledger_refusals(
    person_keys bigint[], account_ids uuid[], entry_ids uuid[], operation_ids uuid[], kinds text[], parts text[],
    directions text[], amounts_fen bigint[], system_accounts text[], business_dates date[], reference_texts text[],
    linked_entry_ids uuid[], instant timestamptz)
RETURNS TABLE (ord bigint, status text)
    LANGUAGE sql STABLE AS $$
WITH RECURSIVE running AS MATERIALIZED (
    SELECT r.ord, r.person_key, r.account_id, r.operation_id, r.fault
    FROM ledger_running(person_keys, account_ids, entry_ids, operation_ids, kinds, parts, directions, amounts_fen,
                        system_accounts, business_dates, reference_texts, linked_entry_ids, instant) AS r
), culprit AS (
    SELECT DISTINCT ON (first_fault.operation_id) first_fault.operation_id, first_fault.fault
    FROM (SELECT DISTINCT ON (person_key, account_id) ord, operation_id, fault
          FROM running WHERE fault IS NOT NULL ORDER BY person_key, account_id, ord) AS first_fault
    ORDER BY first_fault.operation_id, first_fault.ord
), link AS MATERIALIZED (
    SELECT running.operation_id AS group_id, running.ord FROM running
    UNION ALL
    SELECT running.account_id, running.ord FROM running
), tied (group_id) AS (
    SELECT link.group_id FROM link JOIN running ON running.ord = link.ord WHERE running.fault IS NOT NULL
    UNION
    SELECT other.group_id
    FROM tied
    JOIN link AS mine ON mine.group_id = tied.group_id
    JOIN link AS other ON other.ord = mine.ord
)
SELECT running.ord,
       CASE WHEN running.operation_id IS NULL THEN running.fault ELSE coalesce(culprit.fault, 'deferred') END
FROM running
LEFT JOIN culprit ON culprit.operation_id = running.operation_id
WHERE running.fault IS NOT NULL
   OR EXISTS (SELECT FROM link JOIN tied ON tied.group_id = link.group_id WHERE link.ord = running.ord)
$$;
