-- Ends grants to look at accounts whose last day is over.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: real instant; how many at most. No look is shown past the last
-- day in any case: this keeps the timeline.
-- Locks: the grants, in the order of their ids; what somebody else has locked is left for the next time.
-- Outcomes: how many it has ended.
CREATE OR REPLACE FUNCTION view_grant_expire(real_instant timestamptz, row_limit integer)
RETURNS bigint
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    keys bigint[];
    ids uuid[];
    pools text[];
    count integer;
BEGIN
    SELECT array_agg(due.person_key), array_agg(due.view_grant_id), array_agg(due.pool_code), count(*)
      INTO keys, ids, pools, count
      FROM (SELECT view_grant.person_key, view_grant.view_grant_id, view_grant.pool_code
              FROM view_grant
             WHERE view_grant.state = 'granted'
               AND view_grant.expires_on < (real_instant AT TIME ZONE 'Asia/Shanghai')::date
             ORDER BY view_grant.view_grant_id
             LIMIT row_limit
               FOR NO KEY UPDATE SKIP LOCKED) AS due;
    IF count > 0 THEN
        PERFORM view_grant_end(
            array_fill('good'::text, ARRAY[count]), keys, ids, pools, array_fill('expire'::text, ARRAY[count]),
            array_fill('system'::text, ARRAY[count]), array_fill('system'::text, ARRAY[count]),
            array_fill(NULL::uuid, ARRAY[count]), array_fill(real_instant, ARRAY[count]));
    END IF;
    RETURN count;
END
$$;
COMMENT ON FUNCTION view_grant_expire(timestamptz, integer) IS
    'Ends grants to look at accounts whose last day is over; how many';
