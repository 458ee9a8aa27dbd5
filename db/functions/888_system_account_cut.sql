-- Cuts snapshots of system accounts, one slice: from the last cut towards the instant from which the ledger is open.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: span: how much time one slice takes in at most. Where nothing was posted, it takes what comes next.
-- Locks: the row of ledger_close, so one at a time.
-- Outcomes: one row. outcome: over (all is cut), waiting (somebody who may still post into the past has not ended),
-- cut; then how many entries this slice took in.
CREATE OR REPLACE FUNCTION system_account_cut(span interval)
RETURNS TABLE (outcome text, entries bigint)
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    own xid8 := pg_current_xact_id();
    closed ledger_close;
    since timestamptz;
    until timestamptz;
    middle timestamptz;
BEGIN
    SELECT * INTO closed FROM ledger_close FOR NO KEY UPDATE;
    IF closed.cut_at >= closed.open_from THEN
        RETURN QUERY SELECT 'over', 0::bigint;
        RETURN;
    END IF;
    IF closed.horizon IS NULL OR closed.horizon >= own THEN -- the latter: restored into another cluster
        UPDATE ledger_close SET horizon = own;
        RETURN QUERY SELECT 'waiting', 0::bigint;
        RETURN;
    END IF;
    IF pg_snapshot_xmin(pg_current_snapshot()) <= closed.horizon THEN
        RETURN QUERY SELECT 'waiting', 0::bigint;
        RETURN;
    END IF;
    since := closed.cut_at;
    until := closed.open_from;
    WHILE until - since > span LOOP
        middle := since + (until - since) / 2;
        IF EXISTS (SELECT FROM ledger_entry AS e WHERE e.posted_at >= since AND e.posted_at < middle) THEN
            until := middle;
        ELSIF EXISTS (SELECT FROM ledger_entry AS e WHERE e.posted_at >= middle AND e.posted_at < until) THEN
            since := middle;
        ELSE
            since := until; -- nothing was posted in between: it is cut up to here
        END IF;
    END LOOP;
    WITH fresh AS (
        SELECT e.system_account, count(*) AS number,
               sum(CASE e.direction WHEN 'debit' THEN e.amount_fen ELSE -e.amount_fen END) AS fen
          FROM ledger_entry AS e
         WHERE e.posted_at >= since AND e.posted_at < until
         GROUP BY e.system_account
    ), cut AS (
        INSERT INTO system_account_snapshot (system_account, cut_at, balance_fen, entries)
        SELECT fresh.system_account, until, coalesce(before.balance_fen, 0) + fresh.fen,
               coalesce(before.entries, 0) + fresh.number
          FROM fresh
          LEFT JOIN LATERAL (SELECT s.balance_fen, s.entries
                               FROM system_account_snapshot AS s
                              WHERE s.system_account = fresh.system_account
                              ORDER BY s.cut_at DESC
                              LIMIT 1) AS before ON true
    )
    SELECT coalesce(sum(fresh.number), 0)::bigint INTO entries FROM fresh;
    UPDATE ledger_close SET cut_at = until;
    outcome := 'cut';
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION system_account_cut(interval) IS
    'Cuts snapshots of system accounts, one slice: over, waiting or cut, and how many entries it took in';
