-- Takes messages that are due into a lease, and puts aside those that have expired.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: real time; lease_until must be after it. The transaction is over before anything is sent.
-- Locks: the rows it takes, skipping those that another worker is taking. A merged person's message goes to the phone
-- of the record that stands for it now.
-- Outcomes: one row for each message, oldest first. is_expired: its time is over, it is put aside without its text;
-- otherwise it is the caller's to send. phone_sealed is null when no number is on file.
CREATE OR REPLACE FUNCTION outbox_lease(instant timestamptz, owner uuid, lease_until timestamptz, row_limit integer)
RETURNS TABLE (outbox_id uuid, kind text, fencing bigint, attempts integer, payload_sealed bytea, person_id uuid,
               phone_sealed bytea, expires_at timestamptz, is_expired boolean)
LANGUAGE sql VOLATILE
AS $$
WITH due AS MATERIALIZED (
    SELECT o.outbox_id, o.expires_at <= outbox_lease.instant AS is_expired
      FROM outbox AS o
     WHERE o.state = 'waiting' AND o.next_attempt_at <= outbox_lease.instant
     ORDER BY o.next_attempt_at
     LIMIT row_limit
       FOR NO KEY UPDATE SKIP LOCKED
), taken AS (
    UPDATE outbox AS o
       SET state = CASE WHEN due.is_expired THEN 'expired' ELSE 'waiting' END,
           payload_sealed = CASE WHEN NOT due.is_expired THEN o.payload_sealed END,
           lease_owner = CASE WHEN NOT due.is_expired THEN owner END,
           lease_until = CASE WHEN NOT due.is_expired THEN outbox_lease.lease_until END,
           next_attempt_at = least(outbox_lease.lease_until, o.expires_at),
           attempts = o.attempts + CASE WHEN due.is_expired THEN 0 ELSE 1 END,
           fencing = o.fencing + 1
      FROM due
     WHERE o.outbox_id = due.outbox_id
    RETURNING o.outbox_id, o.kind, o.fencing, o.attempts, o.payload_sealed, o.person_key, o.expires_at, due.is_expired
)
SELECT taken.outbox_id, taken.kind, taken.fencing, taken.attempts, taken.payload_sealed, person.person_id,
       person.phone_sealed, taken.expires_at, taken.is_expired
  FROM taken
  LEFT JOIN person_alias AS alias ON alias.person_key = taken.person_key
  LEFT JOIN person ON person.person_key = coalesce(alias.current_person_key, taken.person_key)
 ORDER BY taken.outbox_id
$$;
COMMENT ON FUNCTION outbox_lease(timestamptz, uuid, timestamptz, integer) IS
    'Takes due messages into a lease and expires those whose time is over; one row for each';
