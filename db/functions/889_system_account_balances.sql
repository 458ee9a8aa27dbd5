-- Balances of system accounts now: their newest snapshots, and what was posted since.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: names of system accounts. Locks: none. Outcomes: one row for each that has entries.
-- Without sequential scans, for the planner cannot know that what was posted since a cut is little.
CREATE OR REPLACE FUNCTION system_account_balances(names text[])
RETURNS TABLE (system_account text, balance_fen bigint, entries bigint, cut_at timestamptz)
LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH recent AS MATERIALIZED (
        SELECT e.system_account, count(*) AS number,
               sum(CASE e.direction WHEN 'debit' THEN e.amount_fen ELSE -e.amount_fen END) AS fen
          FROM ledger_entry AS e
         WHERE e.posted_at >= (SELECT ledger_close.cut_at FROM ledger_close) AND e.system_account = ANY (names)
         GROUP BY e.system_account
    )
    SELECT asked.name, (coalesce(newest.balance_fen, 0) + coalesce(recent.fen, 0))::bigint,
           coalesce(newest.entries, 0) + coalesce(recent.number, 0), newest.cut_at
      FROM unnest(names) AS asked (name)
      LEFT JOIN recent ON recent.system_account = asked.name
      LEFT JOIN LATERAL (SELECT s.balance_fen, s.entries, s.cut_at
                           FROM system_account_snapshot AS s
                          WHERE s.system_account = asked.name
                          ORDER BY s.cut_at DESC
                          LIMIT 1) AS newest ON true
     WHERE recent.number IS NOT NULL OR newest.entries IS NOT NULL;
END
$$;
COMMENT ON FUNCTION system_account_balances(text[]) IS
    'Balances of system accounts: the newest snapshot of each and what was posted since';
