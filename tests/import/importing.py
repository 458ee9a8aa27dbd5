"""Files to import, a database to import them into, and what is in its books afterwards."""
# SPDX-License-Identifier: Apache-2.0
import csv
import dataclasses
import datetime
import os
import pathlib
import subprocess
import sys

import psycopg

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("YIBAO_BINARY", ROOT / "build/yibaod"))
NOW = "2026-06-15T10:00:00+08:00"  # the business date of all tests here is 2026-06-15
POOL, OTHER_POOL, UNKNOWN_POOL = "620500", "440100", "999999"
EMPLOYER = "91350100M000100Y43"

sys.path.insert(0, str(ROOT / "tools"))
from demo_data import citizen_number  # noqa: E402

ENROLMENT = ("citizen_number", "name", "pool_code", "scheme", "started_on", "ended_on", "status", "account_mode", "payer_kind",
             "employer_code", "retired_on", "card_number", "phone", "bank_card")
CONTRIBUTION = ("citizen_number", "pool_code", "scheme", "period", "kind", "source_document", "base_yuan", "personal_yuan",
                "employer_yuan", "subsidy_yuan", "paid_on", "channel", "employer_code")
OPENING = ("citizen_number", "pool_code", "as_of", "current_year_yuan", "carried_over_yuan", "source_document")


def person_number(n):
    """A different valid citizen number, with a different birth date, for each n."""
    return citizen_number("620502", datetime.date(1970, 1, 1) + datetime.timedelta(days=n), 2 * (n % 400) + 1)


def enrolment(n, **changes):
    return {"citizen_number": person_number(n), "name": f"测试{n}", "pool_code": POOL, "scheme": "employee",
            "started_on": "2015-01-01", **changes}


def contribution(n, **changes):
    return {"citizen_number": person_number(n), "pool_code": POOL, "scheme": "employee", "period": "2026-03", "kind": "regular",
            "source_document": "D1", "base_yuan": "5000", "personal_yuan": "100.00", "employer_yuan": "400", **changes}


def opening(n, **changes):
    return {"citizen_number": person_number(n), "pool_code": POOL, "as_of": "2026-01-01", "current_year_yuan": "10.00",
            "carried_over_yuan": "200.00", "source_document": "O1", **changes}


COLUMNS = {"enrolments": ENROLMENT, "contributions": CONTRIBUTION, "opening-balances": OPENING}


def csv_text(columns, rows):
    """Every column in its place; a value with a comma, quote or line end is quoted."""
    def field(value):
        return '"' + value.replace('"', '""') + '"' if any(char in value for char in ',"\n\r') else value
    lines = [",".join(columns), *(",".join(field(str(row.get(column, ""))) for column in columns) for row in rows)]
    return "\n".join(lines) + "\n"


@dataclasses.dataclass
class Outcome:
    code: int
    out: str
    err: str
    faults: list  # of the report: (line, field, code, severity, other_line)

    @property
    def codes(self):
        return {fault[2] for fault in self.faults}


class Books:
    def __init__(self, url, key_file, directory):
        self.url = url
        self.directory = directory
        self.environment = {
            "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "DATABASE_URL": url, "YIBAO_MASTER_KEY_FILE": str(key_file),
            "YIBAO_TEST_CLOCK": NOW,
        }
        self.files = 0

    def write(self, kind, rows):
        """`rows`: dictionaries, or the content of the file."""
        self.files += 1
        path = self.directory / f"{kind}-{self.files}.csv"
        content = rows if isinstance(rows, (str, bytes)) else csv_text(COLUMNS[kind], rows)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def command(self, kind, path, *options):
        return [str(BINARY), "import", kind, str(path), *options]

    def load(self, kind, rows, *options, **environment):
        path = rows if isinstance(rows, pathlib.Path) else self.write(kind, rows)
        report = path.with_suffix(".faults")
        report.unlink(missing_ok=True)
        done = subprocess.run(
            self.command(kind, path, "--report", str(report), *options), cwd=ROOT, env={**self.environment, **environment},
            capture_output=True, text=True, timeout=300)
        assert done.returncode in (0, 1, 2), done.stderr
        return Outcome(done.returncode, done.stdout, done.stderr, read_report(report))

    def good(self, kind, rows, *options, **environment):
        outcome = self.load(kind, rows, *options, **environment)
        assert outcome.code == 0, outcome.err
        return outcome

    def start(self, kind, path, **environment):
        return subprocess.Popen(self.command(kind, path), cwd=ROOT, env={**self.environment, **environment},
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def audit(self):
        done = subprocess.run([str(BINARY), "audit"], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr

    def ask(self, sql, *params):
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(sql, params).fetchall()

    def one(self, sql, *params):
        ((value,),) = self.ask(sql, *params)
        return value

    def counts(self):
        tables = ("person", "person_identifier", "employer", "enrolment", "account", "contribution", "ledger_entry", "audit_event")
        return {table: self.one(f"SELECT count(*) FROM {table}") for table in tables}

    def content(self):
        """Everything that was imported, told by what the files say and not by ids or times."""
        return {
            "people": self.ask("SELECT birth_date, sex, phone_hash IS NOT NULL FROM person ORDER BY 1"),
            "enrolments": self.ask(
                "SELECT birth_date, enrolment.pool_code, scheme, status, account_mode, payer_kind, employer_code, started_on,"
                " ended_on, retired_on FROM enrolment JOIN person USING (person_key) ORDER BY 1, 2, 3, 8"),
            "accounts": self.ask(
                "SELECT birth_date, account.pool_code, status, current_year_fen, carried_over_fen, last_seq, cut_over_on"
                " FROM account JOIN person USING (person_key) ORDER BY 1, 2"),
            "contributions": self.ask(
                "SELECT birth_date, contribution.pool_code, scheme, period, kind, source_document, base_fen,"
                " personal_fen, employer_fen, subsidy_fen, paid_on, channel, employer_code, status"
                " FROM contribution JOIN person USING (person_key) ORDER BY 1, 4, 3, 5, 6"),
            "entries": self.ask(
                "SELECT birth_date, system_account, kind, part, direction, amount_fen, reference, business_date"
                " FROM ledger_entry JOIN person USING (person_key) ORDER BY 1, 2, 7, 3, 4, 6"),
        }

    def balance(self, n, pool_code=POOL):
        """(current-year, carried-over) in fen."""
        rows = self.ask(
            "SELECT current_year_fen, carried_over_fen FROM account JOIN person USING (person_key)"
            " WHERE birth_date = %s AND account.pool_code = %s",
            datetime.date(1970, 1, 1) + datetime.timedelta(days=n), pool_code)
        return rows[0] if rows else None


def read_report(path):
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["reason_zh"] and row["reason_en"] for row in rows)
    return [(int(row["line"]), row["field"], row["code"], row["severity"], row["other_line"]) for row in rows]
