"""A database with people who have money, and providers who may charge it; made by the program's own commands."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime
import os
import pathlib
import subprocess
import uuid

from tests.faults.postgres import Postgres
from tests.harness.database import BINARY
from tests.harness.server import ROOT
from tools.demo_data import ENROLMENT_HEADER, OPENING_HEADER, citizen_number, yuan

POOL = "620500"
NAME = "钱多多"
OPENING_FEN = 500_000_000  # enough for a whole run on one account
WORKING = {
    "YIBAO_RATE_PRINCIPAL_PER_MINUTE": "100000000",
    "YIBAO_RATE_ADDRESS_PER_MINUTE": "100000000",
    "YIBAO_REACTORS": "2",
}


@dataclasses.dataclass(frozen=True)
class Provider:
    provider_id: str
    token: str


@dataclasses.dataclass(frozen=True)
class Staff:
    token: str
    provider_id: str = None  # in a journal: nobody who is complete


class World:
    """`accounts` people with an account each; `directory` keeps logs, journals and keys."""

    def __init__(self, directory, accounts, providers=3, postgres=None):
        self.directory = pathlib.Path(directory)
        self.postgres = postgres or Postgres()
        self.url = self.postgres.create_database("yibao")
        self.environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "DATABASE_URL": self.url,
            "YIBAO_MASTER_KEY_FILE": str(self.directory / "master.key"),
            "YIBAO_SPOOL_DIR": str(self.directory / "spool"),
            **WORKING,
        }
        self.run("migrate")
        self._enter_people(accounts)
        self.providers = [self._provider(number) for number in range(providers)]
        self.staff_token = self.staff("auditor", "operator").token

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.postgres.remove()

    def sql(self):
        return self.postgres.connect("yibao")

    def run(self, *arguments, allowed=(0,), **environment):
        """Output of a command of the program; fails the test when it ends otherwise than allowed."""
        done = subprocess.run(
            [BINARY, *map(str, arguments)], cwd=ROOT, env={**self.environment, **environment}, capture_output=True, text=True, timeout=600
        )
        assert done.returncode in allowed, f"{arguments}: {done.returncode}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def staff(self, *roles):
        named = [word for role in roles for word in ("--role", role)]
        return Staff(self.run("token", "create", "--kind", "staff", *named, "--region", "000000").strip())

    def _enter_people(self, count):
        enrolments, openings = [ENROLMENT_HEADER], [OPENING_HEADER]
        for number in range(count):
            person = f"{number_of(number)},{NAME}"
            enrolments.append(f"{person},,FAULT{number:06d},{POOL},employee,active,with_account,self,,2020-01-01,,\n")
            openings.append(f"{person},{POOL},2024-01-01,{yuan(OPENING_FEN // 2)},{yuan(OPENING_FEN // 2)},CUT-{number}\n")
        for kind, lines in (("enrolments", enrolments), ("opening-balances", openings)):
            path = self.directory / f"{kind}.csv"
            path.write_text("".join(lines), encoding="utf-8")
            self.run("import", kind, path)
        with self.sql() as sql:
            # No limits of a day: nothing is refused but what the clients mean to be.
            sql.execute(
                "INSERT INTO charge_rule VALUES (%s, '2001-01-01', 'current_year', NULL, NULL, 720, true, 'faults')", [POOL]
            )
            rows = sql.execute("SELECT account_id::text FROM account ORDER BY account_id").fetchall()
        self.accounts = [account_id for (account_id,) in rows]
        assert len(self.accounts) == count

    def _provider(self, number):
        provider_id = str(uuid.UUID(int=(7 << 76) | (2 << 62) | number + 1))
        with self.sql() as sql:
            sql.execute(
                "INSERT INTO client (client_id, kind, name, regions, state, created_at, changed_at)"
                " VALUES (%s, 'provider', %s, '{000000}', 'active', now(), now())",
                [provider_id, f"hospital {number}"],
            )
            sql.execute("INSERT INTO provider VALUES (%s, %s, 'hospital')", [provider_id, f"H62050{number:06d}"])
        token = self.run("token", "create", "--kind", "client", "--subject", provider_id).strip()
        return Provider(provider_id, token)


def number_of(number):
    """A different citizen number of each."""
    return citizen_number(str(620502 + number // 900), _born(number), number % 900)


def _born(number):
    return datetime.date(1960 + number % 40, 1 + number % 12, 1 + number % 28)
