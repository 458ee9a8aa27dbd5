-- Does one slice of a job through the function of its kind.
-- SPDX-License-Identifier: Apache-2.0
-- A kind K has these functions, found by name:
--   job_check_<K>(job_id uuid, instant timestamptz)
--       RETURNS TABLE (done bigint, total bigint, is_over boolean): one slice of looking what would be posted
--   job_propose_<K>(job_id uuid, proposal_id uuid, instant timestamptz) RETURNS boolean: opens the proposal post_<K>
--       with that id, and its audit event; false when there is nothing to post. The instant is real time, as in
--       proposal
--   job_post_<K>(job_id uuid, instant timestamptz, hash_algorithm text)
--       RETURNS TABLE (done bigint, total bigint, is_over boolean): one slice of posting
-- Other instants are business time. done counts all slices of the phase so far. A slice whose transaction did not
-- commit is called again, and starts where the last committed one ended; it should last well under a second, for who
-- cancels the job waits for it. An exception but for a passing one (a conflict, a lock, PostgreSQL going down) fails
-- the job.
-- Locks: what the function locks.
CREATE OR REPLACE FUNCTION job_step(job_id uuid, kind text, phase text, instant timestamptz, hash_algorithm text)
RETURNS TABLE (done bigint, total bigint, is_over boolean)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_variable
BEGIN
    IF phase = 'posting' THEN
        EXECUTE format('SELECT s.done, s.total, s.is_over FROM %I($1, $2, $3) AS s', 'job_post_' || kind)
           INTO STRICT done, total, is_over USING job_id, instant, hash_algorithm;
    ELSE
        EXECUTE format('SELECT s.done, s.total, s.is_over FROM %I($1, $2) AS s', 'job_check_' || kind)
           INTO STRICT done, total, is_over USING job_id, instant;
    END IF;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION job_step(uuid, text, text, timestamptz, text) IS
    'Does one slice of a job through job_check_<kind> or job_post_<kind>; how far the phase is then';
