"""Files to import over HTTP, and what becomes of their jobs."""
# SPDX-License-Identifier: Apache-2.0
import csv
import datetime
import io
import sys

import psycopg
from tests.harness.server import ROOT, wait_until

sys.path.insert(0, str(ROOT / "tools"))
from demo_data import citizen_number  # noqa: E402

POOL, OTHER_POOL = "620500", "440100"
COLUMNS = {
    "enrolments": ("citizen_number", "name", "pool_code", "scheme", "started_on"),
    "contributions": ("citizen_number", "pool_code", "scheme", "period", "kind", "source_document", "personal_yuan"),
    "opening_balances": ("citizen_number", "pool_code", "as_of", "current_year_yuan", "carried_over_yuan", "source_document"),
}
OVER = ("done", "failed", "cancelled")
PATIENCE_S = 90


def number(n):
    """A different valid citizen number for each n; born on a different day."""
    return citizen_number("620502", datetime.date(1950, 1, 1) + datetime.timedelta(days=n), 801)


def enrolment(n, **changes):
    return {"citizen_number": number(n), "name": f"测试{n}", "pool_code": POOL, "scheme": "employee", "started_on": "2015-01-01", **changes}


def contribution(n, **changes):
    return {"citizen_number": number(n), "pool_code": POOL, "scheme": "employee", "period": "2026-03", "kind": "regular",
            "source_document": "D1", "personal_yuan": "100.00", **changes}


def text_of(kind, rows):
    lines = [",".join(COLUMNS[kind]), *(",".join(row[column] for column in COLUMNS[kind]) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


class Imports:
    """`operator` sends, `reviewer` approves."""

    def __init__(self, api, database, operator, reviewer):
        self.api, self.database = api, database
        self.operator, self.reviewer = operator, reviewer

    def at(self, api):
        return Imports(api, self.database, self.operator, self.reviewer)

    def post(self, kind, content, by=None, headers=None, **query):
        """The reply to an upload. `content`: rows, bytes, or an iterator of pieces."""
        content = text_of(kind, content) if isinstance(content, list) else content
        return self.api.post(
            "/v1/admin/imports", by=by or self.operator, params={"kind": kind, "reason": "测试", **query}, content=content,
            headers={"Content-Type": "text/csv", **(headers or {})})

    def send(self, kind, content, **rest):
        response = self.post(kind, content, **rest)
        assert response.status_code == 202, response.text
        assert response.headers["location"] == f"/v1/admin/jobs/{response.json()['job_id']}"
        return response.json()["job_id"]

    def job(self, job_id, by=None):
        response = self.api.get(f"/v1/admin/jobs/{job_id}", by=by or self.operator)
        assert response.status_code == 200, response.text
        return response.json()

    def wait(self, job_id, *states):
        """The job in one of the states (over, when none is named); fails when it ends in another."""
        wanted = states or OVER

        def reached():
            job = self.job(job_id)
            assert job["state"] in wanted or job["state"] not in OVER, job
            return job if job["state"] in wanted else None

        return wait_until(reached, f"job to be {' or '.join(wanted)}", PATIENCE_S)

    def approve(self, job, by=None):
        response = self.api.post(f"/v1/admin/proposals/{job['proposal_id']}/approve", by=by or self.reviewer)
        assert response.status_code == 200, response.text

    def reject(self, job):
        response = self.api.post(f"/v1/admin/proposals/{job['proposal_id']}/reject", by=self.reviewer, json={"reason": "不对"})
        assert response.status_code == 200, response.text

    def load(self, kind, content, **rest):
        """To the end, approved."""
        job_id = self.send(kind, content, **rest)
        job = self.wait(job_id, "awaiting_approval", "done")
        if job["state"] == "awaiting_approval":
            self.approve(job)
        return self.wait(job_id, "done")

    def report(self, job_id, by=None, **query):
        response = self.api.get(f"/v1/admin/jobs/{job_id}/report", by=by or self.operator, params=query)
        assert response.status_code == 200, response.text
        return list(csv.DictReader(io.StringIO(response.text)))

    def ask(self, sql, *params):
        with psycopg.connect(self.database.url, autocommit=True) as connection:
            return connection.execute(sql, params).fetchall()

    def balance_fen(self, n):
        """All money of the person in the accounts; 0 when there is none."""
        born = datetime.date(1950, 1, 1) + datetime.timedelta(days=n)
        return self.ask("SELECT coalesce(sum(current_year_fen + carried_over_fen), 0)::bigint FROM account"
                        " JOIN person USING (person_key) WHERE birth_date = %s", born)[0][0]
