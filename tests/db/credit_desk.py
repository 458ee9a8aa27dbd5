"""Where runs and recomputations of credits are asked for, checked, approved and posted, slice by slice as the worker does them."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

from tests.db.interesting import at

LEASE = datetime.timedelta(minutes=5)


class Desk:
    def __init__(self, connection, today):
        self.connection, self.today = connection, today

    def ask_run(self, region, month):
        """The status, and the job."""
        job_id = uuid.uuid4()
        (status,) = self.connection.execute(
            "SELECT status FROM credit_run_create(%s, %s, %s, '{model}', '{f}', %s, %s, %s, %s, '{r}')",
            [[job_id], [region], [month], [uuid.uuid4()], [self.today], [at(self.today)], [uuid.uuid4()]]).fetchone()
        return status, job_id

    def ask_recomputation(self, region, first, last, plan=None):
        """The job."""
        job_id = uuid.uuid4()
        (status,) = self.connection.execute(
            "SELECT status FROM credit_recomputation_create(%s, %s, %s, %s, %s, '{model}', %s, %s, %s, '{r}')",
            [[job_id], [region], [first], [last], [plan], [uuid.uuid4()], [at(self.today)], [uuid.uuid4()]]).fetchone()
        assert status == "created"
        return job_id

    def work(self, job_id):
        """Until it is checked, or posted: how it ended."""
        self.connection.execute(
            "UPDATE job SET state = 'running', fencing = fencing + 1, lease_owner = 'model', lease_until = %s WHERE job_id = %s",
            [at(self.today) + LEASE, job_id])
        outcome = "running"
        while outcome == "running":
            (outcome,) = self.connection.execute(
                "SELECT slice.outcome FROM job, job_slice(job_id, fencing, %s, %s, %s, 'sha256', %s) AS slice WHERE job_id = %s",
                [at(self.today), at(self.today) + LEASE, at(self.today), uuid.uuid4(), job_id]).fetchone()
        return outcome

    def post(self, job_id):
        """Somebody else approves it, and it is posted."""
        proposal_id, kind = self.connection.execute(
            "SELECT proposal_id, proposal.kind FROM job JOIN proposal USING (proposal_id) WHERE job_id = %s", [job_id]).fetchone()
        (status,) = self.connection.execute(f"SELECT status FROM proposal_apply_{kind}(%s, %s, %s, '{{r}}')",
                                            [[proposal_id], at(self.today), [uuid.uuid4()]]).fetchone()
        self.connection.execute("UPDATE proposal SET state = 'approved', decided_by = %s, decided_at = %s, outcome = '{}'"
                                " WHERE proposal_id = %s", [uuid.uuid4(), at(self.today), proposal_id])
        assert status == "applied" and self.work(job_id) == "done"

    def whole(self, job_id):
        """Checked, and where there is something to post, posted."""
        if self.work(job_id) == "awaiting_approval":
            self.post(job_id)
