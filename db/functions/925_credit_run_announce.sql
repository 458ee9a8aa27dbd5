-- Leaves the event that a monthly run has been posted in the outbox: one for each run, not one for each person.
-- SPDX-License-Identifier: Apache-2.0
-- Called by the run's last slice, in its transaction. Locks: the new row. The event has sums and no personal data; it
-- lasts a week.
CREATE OR REPLACE FUNCTION credit_run_announce(asked_job_id uuid) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    now timestamptz := clock_timestamp();
BEGIN
    INSERT INTO outbox (outbox_id, kind, event, next_attempt_at, created_at, expires_at)
    SELECT person_id_at(0, person_id_tick()), 'event',
           jsonb_build_object('event', 'credit_run.posted', 'job_id', run.job_id, 'region_code', run.region_code,
                              'month', to_char(run.from_month, 'YYYY-MM'), 'people', sums.people,
                              'gross_fen', sums.gross_fen, 'deduction_fen', sums.deduction_fen,
                              'net_fen', sums.gross_fen - sums.deduction_fen),
           now, now, now + interval '7 days'
      FROM credit_run AS run
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(tier.people), 0) AS people, coalesce(sum(tier.gross_fen), 0) AS gross_fen,
                  coalesce(sum(tier.deduction_fen), 0) AS deduction_fen
             FROM credit_run_tier AS tier
            WHERE tier.job_id = run.job_id AND tier.phase = 'posting') AS sums
     WHERE run.job_id = asked_job_id;
END
$$;
COMMENT ON FUNCTION credit_run_announce(uuid) IS
    'Leaves the event credit_run.posted with the sums of a run in the outbox';
