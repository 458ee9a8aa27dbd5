-- Moves the test clock of the deployment, with an audit event for each move.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each move: to_us, the instant that business time shall have, and start_us, the
-- one it would have had without any move, both in microseconds since 1970; or advance_s, by how many seconds it shall
-- go on, and then to_us is null. instants in real time. Ids come from the caller, so executing it again moves nothing
-- twice.
-- Locks: the row of test_clock. Outcomes: one row for each member, in order. status:
--   conflict   it would go back, or more than 158 years ahead
--   moved      advance_us is how far it is ahead now
CREATE OR REPLACE FUNCTION test_clock_move(
    to_us bigint[], start_us bigint[], advance_s bigint[], moved_by uuid[], instants timestamptz[], event_ids uuid[],
    request_ids text[])
RETURNS TABLE (ord bigint, status text, advance_us bigint)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    asked record;
    wanted_us bigint;
BEGIN
    SELECT test_clock.advance_us INTO STRICT advance_us FROM test_clock FOR NO KEY UPDATE;
    FOR asked IN
        SELECT a.*
          FROM unnest(to_us, start_us, advance_s, moved_by, instants, event_ids, request_ids) WITH ORDINALITY
               AS a (to_us, start_us, advance_s, moved_by, instant, event_id, request_id, ord)
         ORDER BY a.ord
    LOOP
        wanted_us := coalesce(asked.to_us - asked.start_us, advance_us + asked.advance_s * 1000000);
        ord := asked.ord;
        status := 'moved';
        IF EXISTS (SELECT FROM audit_event AS event WHERE event.event_id = asked.event_id) THEN
            RETURN NEXT;
        ELSIF wanted_us BETWEEN advance_us AND 5000000000000000 THEN
            UPDATE test_clock SET advance_us = wanted_us;
            advance_us := wanted_us;
            INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, request_id, detail)
            VALUES (asked.event_id, asked.instant, 'staff', asked.moved_by, 'move_test_clock', asked.request_id,
                    jsonb_build_object('advance_us', wanted_us));
            RETURN NEXT;
        ELSE
            status := 'conflict';
            RETURN NEXT;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION test_clock_move(bigint[], bigint[], bigint[], uuid[], timestamptz[], uuid[], text[]) IS
    'Moves the test clock of the deployment; one status row for each member: conflict or moved';
