"""Imports in a storm: files sent over HTTP, and `yibaod import` itself killed at random; every row is there once, and nothing is lost."""
# SPDX-License-Identifier: Apache-2.0
import collections
import subprocess
import time

from tests.faults.asking import Request
from tests.faults.offices import Office
from tests.faults.world import NAME, POOL, number_of
from tests.harness.database import BINARY
from tests.harness.server import ROOT, wait_until
from tools.demo_data import ENROLMENT_HEADER

HEADER = "citizen_number,pool_code,scheme,period,kind,source_document,personal_yuan\n"
MINE, HIS = 200_000, 300_000  # numbers of people whom nobody else enters
PEOPLE, MONTHS = 20, 24
SMALL_SLICES = {"YIBAO_IMPORT_SLICE_ROWS": "20"}
WAITING = "SELECT job_id::text FROM job WHERE state NOT IN ('done', 'failed', 'cancelled')"


def contributions(first, document):
    """Of 20 people for 24 months, one yuan each."""
    rows = [f"{number_of(first + n)},{POOL},employee,{year}-{month:02d},regular,{document},1.00\n"
            for n in range(PEOPLE) for year in (2023, 2024) for month in range(1, 13)]
    return HEADER + "".join(rows)


class ImportOffice(Office):
    """What both kinds share: their people, and the reckoning at the end."""

    first = None

    def prepare(self):
        self.documents = []
        lines = [f"{number_of(self.first + n)},{NAME},,,{POOL},employee,active,with_account,self,,2020-01-01,,\n" for n in range(PEOPLE)]
        path = self.world.directory / f"{self.mark}-people.csv"
        path.write_text(ENROLMENT_HEADER + "".join(lines), encoding="utf-8")
        self.world.run("import", "enrolments", path)

    def next_document(self):
        return f"{self.mark}-d{len(self.documents) + 1}"

    def done(self, document):
        self.documents.append(document)
        self.tally.count["acknowledged"] += 1
        self.tally.count["rows imported"] += PEOPLE * MONTHS

    def check(self):
        """A row is its document, person and month; the money of each is posted once."""
        rows = self.rows(
            "SELECT source_document, count(*), count(DISTINCT (c.person_key, period)), count(e.entry_id), coalesce(sum(e.amount_fen), 0)"
            "  FROM contribution AS c LEFT JOIN ledger_entry AS e ON e.person_key = c.person_key AND e.operation_id = c.contribution_id"
            " WHERE source_document LIKE %s GROUP BY 1", f"{self.mark}-d%")
        whole = PEOPLE * MONTHS
        found = {document: tuple(map(int, numbers)) for document, *numbers in rows}
        self.once("files imported", found, dict.fromkeys(self.documents, (whole, whole, whole, 100 * whole)))
        assert found.keys() == set(self.documents), f"nobody was told of {found.keys() - set(self.documents)}"


class Importer(ImportOffice):
    """Over HTTP: a file whose acceptance did not arrive is sent once more, which must do no harm."""

    first = MINE

    def prepare(self):
        super().prepare()
        self.operator, self.reviewer = self.staff("operator"), self.staff("reviewer")
        self.failures = collections.Counter()

    def _one(self):
        document = self.next_document()
        request = Request(self.operator, "POST", "/v1/admin/imports?kind=contributions&reason=faults", csv=contributions(self.first, document))
        job_id = self.write(request)["job_id"]
        self._follow(job_id)
        self.done(document)

    def _follow(self, job_id, is_second=False):
        """To its end. The second of a file was checked before the first was posted: it is told so, and posts nothing."""
        while (job := self.get(self.operator, f"/v1/admin/jobs/{job_id}").body)["state"] != "done":
            if is_second and job["failure"] == "check_outdated":
                return
            assert job["state"] not in ("failed", "cancelled"), job
            if job["state"] == "awaiting_approval":
                self._approve(job["proposal_id"])
            time.sleep(0.03)

    def _approve(self, proposal_id):
        while True:
            answer = self._attempt(Request(self.reviewer, "POST", f"/v1/admin/proposals/{proposal_id}/approve"))
            if answer is not None and answer.is_final:
                assert answer.status == 200, answer
                return
            self.patient()

    def check(self):
        """Also those jobs of which only the server knows, for their acceptance did not arrive: they go on to their end, and change nothing."""
        for (job_id,) in self.rows(WAITING):
            self._follow(job_id, is_second=True)
        super().check()


class FileImporter(ImportOffice):
    """The command, killed in the middle again and again, and run until it says that it is done."""

    first = HIS

    def prepare(self):
        super().prepare()
        self.longest_s = 0.5
        self.kills = 0

    def _one(self):
        document = self.next_document()
        path = self.world.directory / f"{document}.csv"
        path.write_text(contributions(self.first, document), encoding="utf-8")
        while self._run(path, self.rng.random() < 0.6 and not self.calm.is_set()) != 0:
            self.patient()
        self.done(document)

    def _run(self, path, is_cut):
        """Its exit code: 0 done, 1 or 4 what it needs was not there, -9 killed."""
        log = self.world.directory / f"server-{self.mark}.log"
        began = time.monotonic()
        with log.open("ab") as file:
            process = subprocess.Popen(
                [BINARY, "import", "contributions", str(path)], cwd=ROOT, env={**self.storm.environment, **SMALL_SLICES},
                stdout=subprocess.DEVNULL, stderr=file)  # fmt: skip
        if is_cut:
            end = began + self.rng.uniform(0, self.longest_s)
            wait_until(lambda: process.poll() is not None or time.monotonic() > end, "the moment", 60, 0.005)
            process.kill()
        code = process.wait(timeout=120)
        assert code in (0, 1, -9), f"{path.name}: {code}; log {log}"
        if code == 0:
            self.longest_s = max(self.longest_s, time.monotonic() - began)
        self.kills += code == -9
        return code

    def check(self):
        self.storm.did("import killed", self.kills)
        super().check()
