"""Applications for transfers and cancellations as requests hand them to the functions, in batches of any size."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime
import hashlib
import uuid

from tests.db.posting import Account, make_id

START = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))  # a Monday
TIANSHUI, GUANGZHOU, UNCONNECTED = "620500", "440100", "540000"


@dataclasses.dataclass
class Mover:
    person_key: int
    person_id: uuid.UUID
    account: Account
    enrolment_id: uuid.UUID


def add_mover(connection, status="active"):
    """Somebody with an employee enrolment and an account in Tianshui."""
    account = Account().insert_owner(connection).insert(connection)
    key = account.person_key
    (person_id,) = connection.execute("SELECT person_id FROM person WHERE person_key = %s", [key]).fetchone()
    enrolment_id = make_id(key)
    connection.execute(
        "INSERT INTO enrolment (person_key, enrolment_id, pool_code, scheme, status, account_mode, payer_kind, started_on)"
        " VALUES (%s, %s, %s, 'employee', %s, 'with_account', 'self', '2015-01-01')", [key, enrolment_id, TIANSHUI, status])
    return Mover(key, person_id, account, enrolment_id)


def enrolment(connection, mover):
    return connection.execute("SELECT status FROM enrolment WHERE enrolment_id = %s", [mover.enrolment_id]).fetchone()[0]


@dataclasses.dataclass
class Application:
    mover: Mover
    to_region_code: str = GUANGZHOU
    to_scheme: str = "employee"
    bank_card_sealed: bytes = None
    visible: str = None
    instant: datetime.datetime = START
    key: str = None
    transfer_id: uuid.UUID = None

    def __post_init__(self):
        self.key = self.key or uuid.uuid4().hex
        self.transfer_id = make_id(self.mover.person_key)

    def content(self):
        return hashlib.sha256(f"{self.mover.person_key} {self.to_region_code} {self.to_scheme}".encode()).digest()


TYPES = ("uuid", "bigint", "uuid", "text", "text", "text", "bytea", "text", "text", "uuid", "date", "timestamptz", "text", "bytea", "uuid",
         "text", "timestamptz", "boolean")


def call(connection, function, types, rows, columns):
    arrays = [list(values) for values in zip(*rows)]
    marks = ", ".join(f"%s::{kind}[]" for kind in types)
    return connection.execute(f"SELECT {columns} FROM {function}({marks}) ORDER BY ord", arrays).fetchall()


def apply(connection, *asked, wait=False):
    """(status, is_replayed, transfer_id) of each."""
    rows = [(a.transfer_id, a.mover.person_key, a.mover.person_id, a.visible, a.to_region_code, a.to_scheme, a.bank_card_sealed, "person",
             "citizen", a.mover.person_id, a.instant.date(), a.instant, a.key, a.content(), make_id(a.mover.person_key), None,
             datetime.datetime.now(datetime.timezone.utc), wait) for a in asked]
    return call(connection, "transfer_apply", TYPES, rows, "status, is_replayed, transfer_id")


CANCEL_TYPES = ("uuid", "bigint", "text", "text", "text", "uuid", "text", "timestamptz", "text", "bytea", "uuid", "text", "timestamptz",
                "text", "boolean")


def cancel(connection, *asked, wait=False, instant=START, keys=None):
    """(status, is_replayed, state, possible) of each; asked are applications."""
    rows = [(a.transfer_id, a.mover.person_key, None, "person", "citizen", a.mover.person_id, "stays", instant,
             keys[n] if keys else uuid.uuid4().hex, a.content(), make_id(a.mover.person_key), None,
             datetime.datetime.now(datetime.timezone.utc), "sha256", wait) for n, a in enumerate(asked)]
    return call(connection, "transfer_cancel", CANCEL_TYPES, rows, "status, is_replayed, state, possible")


def statuses(answers):
    return [answer[0] for answer in answers]
