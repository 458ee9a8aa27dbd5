-- Does one slice of a leased job and counts it, in one transaction that a lost lease refuses.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the lease's fencing number; real time, and until when the lease lasts from now on; the business instant;
-- the hash of new ledger entries; the id of the proposal that may open when the last slice of the check is done.
-- Locks: the job's row until the end, so that nobody takes the lease from a slice, and who has lost it does none; then
-- what the slice locks (job_step).
-- Outcomes: one row. outcome: lost (nothing is done), cancelled (so asked, before posting), running (there is more),
-- awaiting_approval, or done: there is nothing to post, or all is posted. done and total: how far the phase is.
CREATE OR REPLACE FUNCTION job_slice(
    job_id uuid, fencing bigint, real_instant timestamptz, lease_until timestamptz, instant timestamptz,
    hash_algorithm text, proposal_id uuid)
RETURNS TABLE (outcome text, done bigint, total bigint)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_variable
DECLARE
    held job;
    is_over boolean;
    has_proposal boolean := false;
BEGIN
    SELECT j.* INTO held
      FROM job AS j
     WHERE j.job_id = job_slice.job_id AND j.fencing = job_slice.fencing AND j.state = 'running' AND j.kind <> 'import'
       FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        outcome := 'lost';
        RETURN NEXT;
        RETURN;
    END IF;
    done := held.progress_done;
    total := held.progress_total;
    IF held.is_cancel_wanted AND held.phase IS DISTINCT FROM 'posting' THEN
        outcome := 'cancelled';
    ELSE
        SELECT step.done, step.total, step.is_over INTO done, total, is_over
          FROM job_step(held.job_id, held.kind, held.phase, instant, hash_algorithm) AS step;
        IF is_over AND held.phase IS DISTINCT FROM 'posting'
           AND held.parameters ->> 'dry_run' IS DISTINCT FROM 'true' THEN
            EXECUTE format('SELECT %I($1, $2, $3)', 'job_propose_' || held.kind)
               INTO STRICT has_proposal USING held.job_id, proposal_id, real_instant;
        END IF;
        outcome := CASE WHEN NOT is_over THEN 'running' WHEN has_proposal THEN 'awaiting_approval' ELSE 'done' END;
    END IF;
    UPDATE job AS j
       SET state = outcome,
           phase = CASE WHEN has_proposal THEN 'posting' ELSE j.phase END,
           proposal_id = CASE WHEN has_proposal THEN job_slice.proposal_id ELSE j.proposal_id END,
           progress_done = CASE WHEN has_proposal THEN 0 ELSE job_slice.done END,
           progress_total = job_slice.total,
           attempts = 0,
           lease_owner = CASE outcome WHEN 'running' THEN j.lease_owner END,
           lease_until = CASE outcome WHEN 'running' THEN job_slice.lease_until END,
           finished_at = CASE WHEN outcome IN ('done', 'cancelled') THEN real_instant END
     WHERE j.job_id = held.job_id;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION job_slice(uuid, bigint, timestamptz, timestamptz, timestamptz, text, uuid) IS
    'Does one slice of a job under its lease: lost, cancelled, running, awaiting_approval or done, and how far it is';
