"""A kind of job for tests, `practice`: each slice stores one number, and waits at a gate that the test opens."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

import psycopg
from psycopg.types.json import Jsonb
from tests.contract.contract import Contract
from tests.harness.server import wait_until

KIND = "practice"
REGIONS = ["620500"]
OPEN = 10**9
SQL = """
CREATE TABLE practice (job_id uuid, phase text, n bigint, instant timestamptz, PRIMARY KEY (job_id, phase, n));
CREATE TABLE practice_gate (job_id uuid PRIMARY KEY, checking bigint, posting bigint);
CREATE SEQUENCE practice_fault;
GRANT SELECT, INSERT ON practice TO yibao_app;
GRANT SELECT ON practice_gate TO yibao_app;
GRANT USAGE ON SEQUENCE practice_fault TO yibao_app;
ALTER TABLE proposal DROP CONSTRAINT proposal_kind_check;

CREATE FUNCTION practice_slice(job_id uuid, phase text, instant timestamptz)
RETURNS TABLE (done bigint, total bigint, is_over boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    rule jsonb := (SELECT j.parameters FROM job AS j WHERE j.job_id = practice_slice.job_id);
    gate bigint := (SELECT CASE phase WHEN 'posting' THEN g.posting ELSE g.checking END
                      FROM practice_gate AS g WHERE g.job_id = practice_slice.job_id);
BEGIN
    done := (SELECT count(*) FROM practice AS p WHERE p.job_id = practice_slice.job_id AND p.phase = practice_slice.phase);
    total := (rule ->> 'units')::bigint;
    IF done < total AND done < gate THEN
        done := done + 1;
        INSERT INTO practice VALUES (job_id, phase, done, instant);
    ELSIF done < total THEN
        PERFORM pg_sleep(0.02);
    END IF;
    IF done = (rule ->> 'fault_at')::bigint AND nextval('practice_fault') <= coalesce((rule ->> 'faults')::bigint, 1) THEN
        RAISE EXCEPTION USING ERRCODE = rule ->> 'sqlstate';
    END IF;
    is_over := done >= total;
    RETURN NEXT;
END $$;

CREATE FUNCTION job_check_practice(job_id uuid, instant timestamptz)
RETURNS TABLE (done bigint, total bigint, is_over boolean) LANGUAGE sql AS $$
SELECT * FROM practice_slice(job_id, 'checking', instant) $$;

CREATE FUNCTION job_post_practice(job_id uuid, instant timestamptz, hash_algorithm text)
RETURNS TABLE (done bigint, total bigint, is_over boolean) LANGUAGE sql AS $$
SELECT * FROM practice_slice(job_id, 'posting', instant) $$;

CREATE FUNCTION job_propose_practice(job_id uuid, proposal_id uuid, instant timestamptz)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO proposal (proposal_id, kind, object_id, pool_code, payload, reason, proposed_by, proposed_at)
    SELECT $2, 'post_practice', j.job_id, j.regions[1], '{"changes": []}', 'practice', j.created_by, $3
      FROM job AS j WHERE j.job_id = $1 AND (j.parameters ->> 'units')::bigint > 0;
    RETURN FOUND;
END $$;

CREATE FUNCTION proposal_apply_post_practice(proposal_ids uuid[], instant timestamptz, actors uuid[], request_ids text[])
RETURNS TABLE (proposal_id uuid, status text, outcome jsonb) LANGUAGE sql AS $$
UPDATE job SET state = 'waiting', started_at = NULL
 WHERE job.proposal_id = ANY (proposal_ids) AND job.state = 'awaiting_approval'
RETURNING job.proposal_id, 'applied', '{}'::jsonb $$;
"""


def contract_with_practice():
    """That of openapi.yaml, for which a job and its proposal may be of this kind too."""
    contract = Contract()
    schemas = contract.document["components"]["schemas"]
    schemas["Job"]["properties"]["kind"]["enum"].append(KIND)
    schemas["ProposalKind"]["enum"].append(f"post_{KIND}")
    return contract


class Practice:
    """Jobs of the kind in one database."""

    def __init__(self, database):
        self.database = database
        with self.connect() as connection:
            connection.execute(SQL)

    def connect(self):
        return psycopg.connect(self.database.url, autocommit=True)

    def ask(self, sql, *params):
        with self.connect() as connection:
            cursor = connection.execute(sql, params)
            return cursor.fetchall() if cursor.description else []

    def put(self, units=3, checking=OPEN, posting=OPEN, created_by=None, kind=KIND, **parameters):
        """A new job's id. It stops after so many slices of each phase until `open` is called."""
        job_id = uuid.uuid4()
        now = datetime.datetime.now(datetime.UTC)
        self.ask("SELECT setval('practice_fault', 1, false)")
        self.ask("INSERT INTO practice_gate VALUES (%s, %s, %s)", job_id, checking, posting)
        self.ask("INSERT INTO job (job_id, kind, state, phase, parameters, regions, created_by, created_at)"
                 " VALUES (%s, %s, 'waiting', 'checking', %s, %s, %s, %s)",
                 job_id, kind, Jsonb({"units": units, **parameters}), REGIONS, created_by or uuid.uuid4(), now)
        return job_id

    def open(self, job_id, phase):
        self.ask(f"UPDATE practice_gate SET {phase} = {OPEN} WHERE job_id = %s", job_id)

    def row(self, job_id):
        """State, phase, failure, done and total."""
        return self.ask("SELECT state, phase, result ->> 'failure', progress_done, progress_total FROM job WHERE job_id = %s", job_id)[0]

    def stored(self, job_id, phase):
        """Slices whose effect is there; the table takes none twice."""
        return self.ask("SELECT count(*) FROM practice WHERE job_id = %s AND phase = %s", job_id, phase)[0][0]

    def wait(self, job_id, state):
        def reached():
            now = self.row(job_id)
            assert now[0] == state or now[0] not in ("done", "failed", "cancelled"), now
            return now if now[0] == state else None

        return wait_until(reached, f"job to be {state}")

    def wait_done(self, job_id, phase, done):
        """Until it stands at its gate."""
        wait_until(lambda: self.row(job_id)[:2] == ("running", phase) and self.row(job_id)[3] == done, f"{done} slices of {phase}")

    def end_lease(self, job_id):
        """As if its time were over."""
        self.ask("UPDATE job SET lease_until = '2000-01-01' WHERE job_id = %s AND state = 'running'", job_id)
