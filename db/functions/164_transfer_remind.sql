-- Reminds desks of transfers whose deadline is near, and notes those whose deadline has passed: one slice of a sweep.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: instant in business time; real_instant for the outbox; row_limit: how many transfers at most, those
-- due first. Call again until nothing is left; a transfer that somebody else has locked is passed over for a later
-- sweep.
-- Locks: the transfers' rows, skipping those that are locked.
-- Outcomes: how many transfers it was; each has an event in the outbox for each desk that has it, once for each
-- deadline:
--   {"event": "transfer.reminder" or "transfer.overdue", "object_id": …, "pool_code": the desk's, "desk": …,
-- "due_on": …}
-- A desk is reminded transfer_rule.remind_days_before working days before; what has passed is only noted.
CREATE OR REPLACE FUNCTION transfer_remind(instant timestamptz, real_instant timestamptz, row_limit integer)
    RETURNS bigint
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    today date := (instant AT TIME ZONE 'Asia/Shanghai')::date;
    tick bigint := person_id_tick();
    farthest integer := (SELECT coalesce(max(rule.remind_days_before), 0) * 2 + 40 FROM transfer_rule AS rule);
    dealt bigint;
BEGIN
    WITH due AS MATERIALIZED (
        SELECT t.person_key, t.transfer_id, t.due_on < today AS is_over
          FROM transfer AS t
         WHERE t.ended_at IS NULL AND t.due_on <= today + farthest
           AND CASE WHEN t.due_on < today THEN t.overdue_noted_on IS NULL
                    ELSE t.reminded_on IS NULL
                         AND working_days_until(today, t.due_on) <= (
                             SELECT max(rule.remind_days_before)
                               FROM unnest(transfer_desks(t.machine, t.state)) AS desk
                              CROSS JOIN LATERAL transfer_rule_at(
                                    CASE desk WHEN 'out' THEN t.from_pool_code ELSE t.to_pool_code END, today)
                                    AS rule) END
         ORDER BY t.due_on, t.transfer_id
         LIMIT row_limit
           FOR NO KEY UPDATE OF t SKIP LOCKED
    ), noted AS (
        UPDATE transfer AS t
           SET reminded_on = CASE WHEN due.is_over THEN t.reminded_on ELSE today END,
               overdue_noted_on = CASE WHEN due.is_over THEN today ELSE t.overdue_noted_on END
          FROM due
         WHERE t.person_key = due.person_key AND t.transfer_id = due.transfer_id
        RETURNING t.transfer_id, t.due_on, due.is_over, t.machine, t.state, t.from_pool_code, t.to_pool_code
    ), told AS (
        INSERT INTO outbox (outbox_id, kind, event, next_attempt_at, created_at, expires_at)
        SELECT person_id_at(0, tick + row_number() OVER (ORDER BY noted.transfer_id, desk)), 'event',
               jsonb_build_object(
                   'event', CASE WHEN noted.is_over THEN 'transfer.overdue' ELSE 'transfer.reminder' END,
                   'object_id', noted.transfer_id, 'desk', desk, 'due_on', noted.due_on, 'at', instant,
                   'pool_code', CASE desk WHEN 'out' THEN noted.from_pool_code ELSE noted.to_pool_code END),
               real_instant, real_instant, real_instant + interval '7 days'
          FROM noted
         CROSS JOIN LATERAL unnest(transfer_desks(noted.machine, noted.state)) AS desk
    )
    SELECT count(*) INTO dealt FROM noted;
    RETURN dealt;
END
$$;
COMMENT ON FUNCTION transfer_remind(timestamptz, timestamptz, integer) IS
    'Reminds desks of transfers whose deadline is near, and notes those whose deadline has passed, one slice; how many';
