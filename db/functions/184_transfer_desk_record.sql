-- Records the timeline of decisions about transfers that are good, and ends payouts that have nothing to pay.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request; before: the transfers as they were.
-- Where the account of a payout was empty there is no withdrawal to wait for: it is completed at once, by the system.
CREATE OR REPLACE FUNCTION transfer_desk_record(
    statuses text[], before transfer[], events text[], desks text[], reason_codes text[], notes text[],
    actor_ids uuid[], instant timestamptz)
RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    one_machine text;
    was record;
    members integer := cardinality(statuses);
BEGIN
    SELECT array_agg(a.person_key) AS person_keys, array_agg(a.transfer_id) AS transfer_ids,
           array_agg(a.machine) AS machines, array_agg(a.state) AS states,
           array_agg(CASE desks[a.ord] WHEN 'out' THEN a.from_pool_code ELSE a.to_pool_code END) AS pools,
           array_agg(desks[a.ord] || '_desk') AS whos
      INTO was
      FROM (SELECT (before[i]).*, i AS ord FROM generate_subscripts(before, 1) AS i ORDER BY i) AS a;
    FOREACH one_machine IN ARRAY '{transfer,transfer_payout}'::text[] LOOP
        PERFORM state_record(
            one_machine,
            ARRAY(SELECT CASE WHEN was.machines[s.ord] = one_machine THEN s.status ELSE 'other' END
                    FROM unnest(statuses) WITH ORDINALITY AS s (status, ord) ORDER BY s.ord),
            was.person_keys, was.transfer_ids, was.pools, events, was.states, was.whos,
            array_fill('staff'::text, ARRAY[members]), actor_ids, reason_codes, notes,
            array_fill(instant, ARRAY[members]));
    END LOOP;
    PERFORM transfer_payout_settle(array_agg(empty.person_key), array_agg(empty.transfer_id),
                                   array_agg('paid'::text), array_agg(instant))
       FROM (SELECT transfer.person_key, transfer.transfer_id
               FROM unnest(statuses, was.person_keys, was.transfer_ids) AS a (status, person_key, transfer_id)
               JOIN transfer ON transfer.person_key = a.person_key AND transfer.transfer_id = a.transfer_id
              WHERE a.status = 'good' AND transfer.state = 'paying' AND transfer.withdrawal_id IS NULL) AS empty
     HAVING count(*) > 0;
END
$$;
COMMENT ON FUNCTION transfer_desk_record(text[], transfer[], text[], text[], text[], text[], uuid[], timestamptz) IS
    'Records the timeline of decisions about transfers that are good, and ends payouts that have nothing to pay';
