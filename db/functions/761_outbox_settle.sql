-- Notes what became of a message that was taken by outbox_lease.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: outcome is sent, failed (for good) or again (not before retry_at); error is a code, null when sent.
-- Locks: the one row. A lease that was lost meanwhile (older fencing number) changes nothing.
-- Outcomes: true when the outcome was noted. The text is kept only while the message may still be sent.
CREATE OR REPLACE FUNCTION outbox_settle(outbox_id uuid, fencing bigint, instant timestamptz, outcome text,
                                         retry_at timestamptz, error text)
RETURNS boolean
LANGUAGE sql VOLATILE
AS $$
WITH settled AS (
    UPDATE outbox AS o
       SET state = CASE outcome WHEN 'again' THEN 'waiting' ELSE outcome END,
           payload_sealed = CASE outcome WHEN 'again' THEN o.payload_sealed END,
           sent_at = CASE outcome WHEN 'sent' THEN outbox_settle.instant END,
           next_attempt_at = CASE outcome WHEN 'again' THEN least(retry_at, o.expires_at) ELSE o.next_attempt_at END,
           last_error = error,
           lease_owner = NULL,
           lease_until = NULL
     WHERE o.outbox_id = outbox_settle.outbox_id AND o.fencing = outbox_settle.fencing AND o.state = 'waiting'
    RETURNING 1
)
SELECT EXISTS (SELECT FROM settled)
$$;
COMMENT ON FUNCTION outbox_settle(uuid, bigint, timestamptz, text, timestamptz, text) IS
    'Notes the outcome of a leased message: sent, failed or again; false when the lease was lost';
