-- Claims what is needed to take steps of withdrawals: keys, the withdrawals, their transfers, and their accounts.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; visibles: comma-joined LIKE patterns of pool codes, null for
-- every pool. is_waiting: wait for rows that somebody else holds, no longer than lock_timeout.
-- Locks, in this order, each in the order of ids: keys (advisory, tried and never waited for), withdrawals, transfers
-- that they belong to, accounts. Nobody who holds an account ever asks for a withdrawal that was there before.
-- Outcomes: one row for each member, in order. verdict, by precedence:
--   deferred, replayed, idempotency_key_reused, request_in_progress   as idempotency_claim has them; stored_… with
--                                                                     replayed
--   not_found   no such withdrawal, or not the caller's to see
--   deferred    somebody else has something of it for the moment: ask again
--   locked      all of it is this member's; read it in a LATER statement
CREATE OR REPLACE FUNCTION withdrawal_claim(
    asked_operation text, principal_ids uuid[], visibles text[], person_keys bigint[], withdrawal_ids uuid[],
    keys text[], content_hashes bytea[], is_waiting boolean)
RETURNS TABLE (ord bigint, verdict text, stored_status text, stored_id uuid, stored_outcome jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    verdicts text[];
    stored_statuses text[];
    stored_ids uuid[];
    stored_outcomes jsonb[];
    account_ids uuid[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord), array_agg(c.status ORDER BY c.ord),
           array_agg(c.object_id ORDER BY c.ord), array_agg(c.outcome ORDER BY c.ord)
      INTO verdicts, stored_statuses, stored_ids, stored_outcomes
      FROM idempotency_claim(principal_ids, asked_operation, keys, content_hashes) AS c;
    SELECT array_agg(CASE WHEN verdicts[a.ord] <> 'new' THEN verdicts[a.ord]
                          WHEN w.withdrawal_id IS NULL
                               OR NOT (a.visible IS NULL OR w.pool_code LIKE ANY (string_to_array(a.visible, ',')))
                               THEN 'not_found' ELSE 'new' END ORDER BY a.ord),
           array_agg(w.account_id ORDER BY a.ord)
      INTO verdicts, account_ids
      FROM unnest(person_keys, withdrawal_ids, visibles) WITH ORDINALITY AS a (person_key, withdrawal_id, visible, ord)
      LEFT JOIN withdrawal AS w ON w.person_key = a.person_key AND w.withdrawal_id = a.withdrawal_id;
    SELECT array_agg(CASE WHEN a.verdict = 'new' AND a.place > 1 THEN 'deferred' ELSE a.verdict END ORDER BY a.ord)
      INTO verdicts
      FROM (SELECT one.*, row_number() OVER (PARTITION BY one.verdict, one.withdrawal_id ORDER BY one.ord) AS place
              FROM unnest(verdicts, withdrawal_ids) WITH ORDINALITY AS one (verdict, withdrawal_id, ord)) AS a;
    verdicts := withdrawal_lock(verdicts, person_keys, withdrawal_ids, is_waiting);
    RETURN QUERY
    SELECT c.ord,
           CASE WHEN verdicts[c.ord] <> 'new' THEN verdicts[c.ord] WHEN c.verdict = 'locked' THEN 'locked'
                ELSE 'deferred' END,
           stored_statuses[c.ord], stored_ids[c.ord], stored_outcomes[c.ord]
      FROM account_claim(person_keys, ARRAY(
               SELECT CASE WHEN verdicts[a.ord] = 'new' THEN a.account_id END
                 FROM unnest(account_ids) WITH ORDINALITY AS a (account_id, ord) ORDER BY a.ord), is_waiting) AS c
     ORDER BY c.ord;
END
$$;
COMMENT ON FUNCTION withdrawal_claim(text, uuid[], text[], bigint[], uuid[], text[], bytea[], boolean) IS
    'Claims keys, withdrawals, their transfers and accounts; a verdict for each, locked for what may go on';
