-- Judges decisions of desks about transfers that are locked, before anything is done: for each a status.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; verdicts of transfer_desk_claim. visibles: comma-joined LIKE
-- patterns of pool codes, null for every pool; the pool of the desk that decides must be like one.
-- Locks: none. Outcomes: one row for each member, in order; event: what it would be. status, by precedence:
--   a verdict of transfer_desk_claim other than locked; absent is not_found
--   malformed               a refusal without reason and words, or what no timeline can hold; moves_on of what does not
--                           move out
--   not_found               the desk's pool is not the caller's
--   not_possible_now        the state does not allow it, or it is the other desk's turn
--   reviewer_cannot_decide  the other desk's decisions are of the same person; they have entered the application; or
--                           they have checked a payout, which nobody at another desk looks at, and would let it go too
--   documents_missing       a check, and a document that is needed has not been handed in
--   good                    nothing speaks against it yet
CREATE OR REPLACE FUNCTION transfer_desk_judge(
    verdicts text[], person_keys bigint[], transfer_ids uuid[], visibles text[], desks text[], decisions text[],
    reason_codes text[], notes text[], moves_ons date[], actor_ids uuid[])
RETURNS TABLE (ord bigint, status text, event text)
    LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT a.ord,
           CASE WHEN a.verdict = 'absent' THEN 'not_found'
                WHEN a.verdict <> 'locked' THEN a.verdict
                WHEN NOT (a.visible IS NULL OR side.pool_code LIKE ANY (string_to_array(a.visible, ',')))
                     THEN 'not_found'
                WHEN a.desk NOT IN ('out', 'in') OR a.decision NOT IN ('approve', 'refuse')
                     OR (a.reason_code ~ '^[a-z][a-z0-9_]{0,39}$' AND octet_length(a.note) BETWEEN 1 AND 2000)
                        IS NOT TRUE AND (a.decision = 'refuse' OR a.reason_code IS NOT NULL OR a.note IS NOT NULL)
                    THEN 'malformed'
                WHEN what.event IS NULL THEN 'not_possible_now'
                WHEN a.moves_on IS NOT NULL AND what.event <> 'move_out' THEN 'malformed'
                WHEN a.actor_id IN (side.checked_by, side.reviewed_by)
                     OR (transfer.machine = 'transfer_payout' AND what.event = 'move_out'
                         AND a.actor_id = transfer.out_checked_by)
                     OR EXISTS (SELECT FROM state_change AS first
                                 WHERE first.person_key = a.person_key AND first.object_id = a.transfer_id
                                   AND first.seq = 1 AND first.actor_id = a.actor_id) THEN 'reviewer_cannot_decide'
                WHEN what.event IN ('check_out', 'check_in')
                     AND EXISTS (SELECT FROM materials_needed(side.pool_code, 'transfer', a.person_key, a.transfer_id)
                                          AS material
                                  WHERE material.is_required AND NOT material.is_there) THEN 'documents_missing'
                ELSE 'good' END,
           what.event
      FROM unnest(verdicts, person_keys, transfer_ids, visibles, desks, decisions, reason_codes, notes, moves_ons,
                  actor_ids) WITH ORDINALITY
           AS a (verdict, person_key, transfer_id, visible, desk, decision, reason_code, note, moves_on, actor_id, ord)
      LEFT JOIN transfer ON transfer.person_key = a.person_key AND transfer.transfer_id = a.transfer_id
     CROSS JOIN LATERAL (
           SELECT transfer_desk_event(transfer.machine, transfer.state, a.desk, a.decision) AS event) AS what
     CROSS JOIN LATERAL (
           SELECT CASE a.desk WHEN 'out' THEN transfer.from_pool_code ELSE transfer.to_pool_code END AS pool_code,
                  CASE a.desk WHEN 'out' THEN transfer.in_checked_by ELSE transfer.out_checked_by END AS checked_by,
                  CASE a.desk WHEN 'out' THEN transfer.in_reviewed_by ELSE transfer.out_reviewed_by END AS reviewed_by
           ) AS side
     ORDER BY a.ord;
END
$$;
COMMENT ON FUNCTION transfer_desk_judge(text[], bigint[], uuid[], text[], text[], text[], text[], text[], date[],
    uuid[])
    IS 'Judges decisions of desks about transfers that are locked, before anything is done; for each a status and '
       'the event';
