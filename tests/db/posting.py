"""Makes accounts and posts entries through ledger_post, as the program does."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import hashlib
import random
import uuid
from dataclasses import dataclass, field

from tests.harness import adjustments

POOL = "620500"
COLLECTION = f"contribution_collection:{POOL}"
INSTANT = datetime.datetime(2026, 1, 5, 9, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
ZEROS = bytes(32)

_random = random.Random(620500)


def make_id(person_key):
    """A UUID of version 7 with the person's key in its low 62 bits."""
    return uuid.UUID(int=(_random.getrandbits(48) << 80) | (7 << 76) | (_random.getrandbits(12) << 64) | (2 << 62) | person_key)


@dataclass
class Account:
    person_key: int = field(default_factory=lambda: _random.getrandbits(62) | 1)
    pool_code: str = POOL
    status: str = "active"

    def __post_init__(self):
        self.account_id, self.person_id = make_id(self.person_key), make_id(self.person_key)

    def insert(self, connection):
        connection.execute(
            "INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [self.person_key, self.account_id, self.person_id, self.pool_code, self.status, INSTANT],
        )
        return self

    def insert_owner(self, connection):
        """The person, and a number to be found by."""
        secret = hashlib.sha256(self.person_id.bytes).digest()
        connection.execute(
            "INSERT INTO person (person_key, person_id, birth_date, sex, citizen_number_sealed, name_sealed, name_hash, created_at)"
            " VALUES (%s, %s, '1970-01-01', 'unknown', %s, %s, %s, %s)",
            [self.person_key, self.person_id, secret, secret, secret, INSTANT],
        )
        connection.execute(
            "INSERT INTO person_identifier (kind, hash, person_key, person_id) VALUES ('citizen_number', %s, %s, %s)",
            [secret, self.person_key, self.person_id],
        )
        return self

    def row(self, connection):
        return connection.execute(
            "SELECT current_year_fen, carried_over_fen, version, last_seq, last_hash, last_posted_at"
            " FROM account WHERE person_key = %s AND account_id = %s", [self.person_key, self.account_id]
        ).fetchone()


@dataclass
class Entry:
    account: Account
    amount_fen: int
    kind: str = "adjustment"
    part: str = "current_year"
    direction: str = "credit"
    system_account: str = None
    operation_id: uuid.UUID = None
    reference: str = "DOC-1"
    business_date: datetime.date = datetime.date(2026, 1, 5)
    linked_entry_id: uuid.UUID = None

    def __post_init__(self):
        self.entry_id = make_id(self.account.person_key)
        self.operation_id = self.operation_id or make_id(self.account.person_key)
        self.system_account = self.system_account or f"adjustment:{self.account.pool_code}"


def debit(account, amount_fen, **fields):
    return Entry(account, amount_fen, direction="debit", **fields)


CALL = """
SELECT ord, status, seq, current_year_after_fen, carried_over_after_fen, posted_at
FROM ledger_post(%s::bigint[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::bigint[],
                 %s::text[], %s::date[], %s::text[], %s::uuid[], %s, %s)
ORDER BY ord
"""


def post(connection, entries, instant=INSTANT, algorithm="sha256"):
    """Statuses and results in the order of the entries; adjustments get the proposals that they would have."""
    def column(get):
        return [get(entry) for entry in entries]

    with connection.transaction():
        rows = connection.execute(CALL, [
            column(lambda e: e.account.person_key), column(lambda e: e.account.account_id), column(lambda e: e.entry_id),
            column(lambda e: e.operation_id), column(lambda e: e.kind), column(lambda e: e.part),
            column(lambda e: e.direction), column(lambda e: e.amount_fen), column(lambda e: e.system_account),
            column(lambda e: e.business_date), column(lambda e: e.reference), column(lambda e: e.linked_entry_id),
            instant, algorithm,
        ]).fetchall()
        for entry, row in zip(entries, rows):
            if entry.kind == "adjustment" and row[1] == "posted":
                adjustments.plant(connection, entry.account.person_key, entry.account.account_id, entry.entry_id,
                                  entry.operation_id, entry.part, entry.direction, entry.amount_fen, entry.linked_entry_id)
    assert [row[0] for row in rows] == list(range(1, len(entries) + 1))
    return [row[1:] for row in rows]


def statuses(connection, entries, **keywords):
    return [row[0] for row in post(connection, entries, **keywords)]


EPOCH = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)


def entry_hash(before, account_id, seq, entry_id, operation_id, linked_entry_id, signed_fen, current_fen, carried_fen,
               business_date, posted_at, kind, part, system_account, reference, algorithm="sha256"):
    """The byte form of docs/ledger.md, written a second time."""
    def number(value, size=8):
        return value.to_bytes(size, "big", signed=True)

    microseconds = (posted_at - EPOCH) // datetime.timedelta(microseconds=1)
    body = b"".join([
        b"\x01", before, account_id.bytes, number(seq), entry_id.bytes, operation_id.bytes,
        linked_entry_id.bytes if linked_entry_id else bytes(16),
        number(signed_fen), number(current_fen), number(carried_fen),
        number((business_date - EPOCH.date()).days, 4), number(microseconds),
        "\n".join([kind, part, system_account, reference]).encode(),
    ])
    return hashlib.new(algorithm, body).digest()
