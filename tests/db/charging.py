"""Charges accounts, and captures, voids, refunds and expires through the functions of db/functions/, as the program does."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime
import hashlib
import itertools
import uuid

from tests.db.posting import INSTANT, POOL, Account, Entry, make_id, post

CHINA = datetime.timezone(datetime.timedelta(hours=8))
numbers = itertools.count(1)


def hours(count):
    return datetime.timedelta(hours=count)


def day_of(instant):
    return instant.astimezone(CHINA).date()


def add_provider(connection, regions=(POOL,), institution_type="hospital"):
    """Its id."""
    provider_id, number = uuid.uuid4(), next(numbers)
    connection.execute(
        "INSERT INTO client (client_id, kind, name, regions, state, created_at, changed_at)"
        " VALUES (%s, 'provider', %s, %s, 'active', %s, %s)",
        [provider_id, f"第{number}医院 {provider_id}", list(regions), INSTANT, INSTANT])
    connection.execute(
        "INSERT INTO provider (provider_id, institution_code, institution_type) VALUES (%s, %s, %s)",
        [provider_id, f"H{uuid.uuid4().hex[:18].upper()}", institution_type])
    return provider_id


def add_account(connection, current_year_fen=10000, carried_over_fen=0, pool_code=POOL, status="active"):
    """One with its owner, money and status."""
    account = Account(pool_code=pool_code).insert_owner(connection).insert(connection)
    entries = [Entry(account, fen, part=part) for part, fen in
               (("current_year", current_year_fen), ("carried_over", carried_over_fen)) if fen]
    if entries:
        post(connection, entries, instant=INSTANT - hours(24))
    set_status(connection, account, status)
    return account


def set_status(connection, account, status):
    connection.execute("UPDATE account SET status = %s WHERE account_id = %s", [status, account.account_id])


@dataclasses.dataclass
class Request:
    """What every request to change money has; a repetition is the same object."""

    provider_id: uuid.UUID
    person_key: int
    instant: datetime.datetime
    key: str = None
    content: str = None

    def __post_init__(self):
        self.key = self.key or f"key-{uuid.uuid4()}"
        self.current_year_entry_id, self.carried_over_entry_id, self.event_id = (make_id(self.person_key) for _ in range(3))

    @property
    def content_hash(self):
        """Of the content given, or one that only this key has."""
        return hashlib.sha256((self.content or self.key).encode()).digest()

    @property
    def business_date(self):
        return day_of(self.instant)


@dataclasses.dataclass
class Charge(Request):
    account: Account = None
    amount_fen: int = 100
    expires_at: datetime.datetime = None
    charge_no: str = None
    usage: str = "medicine"
    item: str = None

    def __post_init__(self):
        super().__post_init__()
        self.charge_no = self.charge_no or f"C-{next(numbers)}"
        self.charge_id, self.account_id = make_id(self.person_key), self.account.account_id


def charge(account, provider_id, amount_fen=100, instant=INSTANT, **fields):
    return Charge(provider_id, account.person_key, instant, account=account, amount_fen=amount_fen, **fields)


def hold(account, provider_id, amount_fen=100, instant=INSTANT, lasts=hours(24), **fields):
    return charge(account, provider_id, amount_fen, instant, expires_at=instant + lasts, **fields)


@dataclasses.dataclass
class Change(Request):
    """A capture, void or refund of a charge; amount None: all."""

    charge_id: uuid.UUID = None
    amount_fen: int = None
    refund_no: str = None
    reason: str = None

    def __post_init__(self):
        super().__post_init__()
        self.refund_no = self.refund_no or f"R-{next(numbers)}"
        self.refund_id = make_id(self.person_key)


def change(of, amount_fen=None, after=hours(1), **fields):
    """Some time after the charge, by its provider unless another one is named."""
    fields = {"provider_id": of.provider_id, "person_key": of.person_key, "instant": of.instant + after, **fields}
    return Change(charge_id=of.charge_id, amount_fen=amount_fen, **fields)


TYPES = {"provider_id": "uuid", "person_key": "bigint", "account_id": "uuid", "charge_id": "uuid", "refund_id": "uuid",
         "charge_no": "text", "refund_no": "text", "usage": "text", "item": "text", "reason": "text", "amount_fen": "bigint",
         "expires_at": "timestamptz", "business_date": "date", "instant": "timestamptz", "key": "text", "content_hash": "bytea",
         "current_year_entry_id": "uuid", "carried_over_entry_id": "uuid", "event_id": "uuid"}
FUNCTIONS = {
    "charge_create": "charge_id provider_id person_key account_id charge_no usage item amount_fen expires_at business_date"
                     " instant key content_hash current_year_entry_id carried_over_entry_id event_id",
    "charge_capture": "provider_id person_key charge_id amount_fen business_date instant key content_hash"
                      " current_year_entry_id carried_over_entry_id event_id",
    "charge_void": "provider_id person_key charge_id instant key content_hash event_id",
    "charge_refund_create": "refund_id provider_id person_key charge_id refund_no amount_fen reason business_date instant key"
                            " content_hash current_year_entry_id carried_over_entry_id event_id",
}
FUNCTIONS |= {"shared_charge_create": FUNCTIONS["charge_create"], "shared_charge_capture": FUNCTIONS["charge_capture"],
              "shared_charge_void": FUNCTIONS["charge_void"], "shared_refund_create": FUNCTIONS["charge_refund_create"]}


@dataclasses.dataclass
class Answer:
    status: str
    is_replayed: bool
    columns: dict

    def __getattr__(self, name):
        return self.columns[name]


def call(connection, function, requests, algorithm="sha256", wait=False):
    """The answers, in the order of the requests: one call for all."""
    names = FUNCTIONS[function].split()
    values = [[getattr(request, name) for request in requests] for name in names]
    casts = [f"%s::{TYPES[name]}[]" for name in names]
    values += [["request"] * len(requests), [INSTANT] * len(requests)]
    casts += ["%s::text[]", "%s::timestamptz[]"]
    if not function.endswith("charge_void"):
        values.append([algorithm] * len(requests))
        casts.append("%s::text[]")
    values.append([wait] * len(requests))
    casts.append("%s::boolean[]")
    cursor = connection.execute(f"SELECT * FROM {function}({', '.join(casts)}) ORDER BY ord", values)
    columns = [column.name for column in cursor.description]
    rows = [dict(zip(columns, row)) for row in cursor.fetchall()]
    assert [row.pop("ord") for row in rows] == list(range(1, len(requests) + 1))
    return [Answer(row.pop("status"), row.pop("is_replayed"), row) for row in rows]


def create(connection, *requests, **how):
    return call(connection, "charge_create", requests, **how)


def capture(connection, *requests, **how):
    return call(connection, "charge_capture", requests, **how)


def void(connection, *requests, **how):
    return call(connection, "charge_void", requests, **how)


def refund(connection, *requests, **how):
    return call(connection, "charge_refund_create", requests, **how)


def expire(connection, instant, row_limit=100):
    ((count,),) = connection.execute("SELECT charge_expire(%s, %s, %s)", [instant, INSTANT, row_limit]).fetchall()
    return count


def statuses(answers):
    return [answer.status for answer in answers]


def created(connection, *requests):
    """The same requests, once they have succeeded."""
    assert statuses(create(connection, *requests)) == ["created"] * len(requests)
    return requests if len(requests) > 1 else requests[0]


def money(connection, account):
    """(current year, carried over, held)"""
    return connection.execute(
        "SELECT current_year_fen, carried_over_fen, held_fen FROM account WHERE account_id = %s", [account.account_id]).fetchone()


def row(connection, of, *names):
    """Columns of a charge's row."""
    return connection.execute(
        f"SELECT {', '.join(names)} FROM charge WHERE person_key = %s AND charge_id = %s", [of.person_key, of.charge_id]).fetchone()


def events(connection, of):
    """Of its hold: (kind, amount, instant)."""
    return connection.execute(
        "SELECT kind, amount_fen, posted_at FROM hold_event WHERE person_key = %s AND hold_id = %s ORDER BY seq",
        [of.person_key, of.charge_id]).fetchall()


def entries(connection, operation_id, *names):
    return connection.execute(
        f"SELECT {', '.join(names)} FROM ledger_entry WHERE operation_id = %s ORDER BY account_id, seq", [operation_id]).fetchall()
