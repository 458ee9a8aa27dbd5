-- Copies the enrolments of a merged record to the surviving one, and ends them where they were.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: those rows. At most one active employee enrolment survives: the survivor's own, so that the copy of another
-- ends today. One that both have (pool, scheme, first day) stays as the survivor has it. Whatever columns there are, a
-- copy has them. Outcomes: the number of rows copied.
CREATE OR REPLACE FUNCTION merge_enrolments(survivor_key bigint, duplicate_key bigint, today date) RETURNS bigint
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    tick bigint := person_id_tick();
    has_active boolean := EXISTS (SELECT FROM enrolment WHERE person_key = survivor_key AND scheme = 'employee'
                                                          AND status = 'active');
    copied bigint;
BEGIN
    INSERT INTO enrolment
    SELECT copied.*
      FROM (SELECT given, person_id_at(survivor_key, tick + row_number() OVER (ORDER BY given.enrolment_id)) AS id,
                   has_active AND given.scheme = 'employee' AND given.status = 'active' AS ends_now
              FROM enrolment AS given
             WHERE given.person_key = duplicate_key) AS numbered,
           jsonb_populate_record(given,
               jsonb_build_object('person_key', survivor_key, 'enrolment_id', id)
               || CASE WHEN ends_now THEN jsonb_build_object('status', 'ended',
                                                             'ended_on', greatest((given).started_on, today))
                       ELSE '{}' END) AS copied
        ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS copied = ROW_COUNT;
    UPDATE enrolment SET status = 'ended', ended_on = greatest(started_on, today)
     WHERE person_key = duplicate_key AND status <> 'ended';
    RETURN copied;
END
$$;
COMMENT ON FUNCTION merge_enrolments(bigint, bigint, date) IS
    'Copies the enrolments of a merged record to the surviving one, and ends them where they were; number of rows '
    'copied';
