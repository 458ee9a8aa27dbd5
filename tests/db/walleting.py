"""Sends money to wallets, and accepts, declines, cancels and returns it through the functions of db/functions/, as the program does."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime
import hashlib
import uuid

from tests.db import transferring
from tests.db.posting import INSTANT, Account, Entry, make_id, post

CHINA = datetime.timezone(datetime.timedelta(hours=8))
NOON = datetime.datetime(2026, 3, 10, 12, tzinfo=CHINA)
ADULT, CHILD = "1970-01-01", "2015-06-01"
HOUR = datetime.timedelta(hours=1)
SIX = datetime.datetime(2026, 3, 11, 6, tzinfo=CHINA)  # when what was sent at NOON returns


def at(text):
    """An instant of 10 March 2026 in Shanghai, or of the day given in front."""
    day, _, time = text.rpartition(" ")
    return datetime.datetime.fromisoformat(f"{day or '2026-03-10'}T{time}").replace(tzinfo=CHINA)


def person(connection, current_year_fen=0, carried_over_fen=0, pool_code="620500", status="active", instant=INSTANT):
    """Somebody who is employed, with an account and its money."""
    account = Account(pool_code=pool_code, status=status).insert_owner(connection).insert(connection)
    transferring.enrol(connection, account, pool_code)
    parts = (("current_year", current_year_fen), ("carried_over", carried_over_fen))
    entries = [Entry(account, fen, part=part) for part, fen in parts if fen]
    if entries:
        assert [row[0] for row in post(connection, entries, instant=instant)] == ["posted"] * len(entries)
    return account


def wallet_of(connection, owner, status="spend_only"):
    """The wallet of somebody, opened without ceremony."""
    wallet = Account(person_key=owner.person_key, pool_code="000000", status=status)
    wallet.person_id = owner.person_id
    return wallet.insert(connection)


def member(connection, owner, relative, state="active", way="wallet", guardian=None, relation="parent", **changes):
    """The relative as a member of the owner's account; its id."""
    row = {
        "person_key": owner.person_key, "member_person_key": relative.person_key, "family_member_id": make_id(owner.person_key),
        "owner_id": owner.person_id, "account_id": owner.account_id, "member_id": relative.person_id, "pool_code": owner.pool_code,
        "relation": relation, "way": way, "state": state, "usages": ["medicine"], "invited_at": INSTANT, "changed_at": INSTANT,
        "invited_until": INSTANT.date(), "activated_at": None if state == "invited" else INSTANT,
        "ends_not_before": None if state == "invited" else INSTANT.date(),
        "ended_at": None if state in ("invited", "active") else INSTANT,
        "guardian_person_key": guardian.person_key if guardian else None, "guardian_id": guardian.person_id if guardian else None,
        **changes}
    connection.execute(f"INSERT INTO family_member ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))
    steps = [("invite", "", "invited", "owner")] + ([("accept", "invited", "active", "member")] if state != "invited" else [])
    steps += [("end", "active", "ended", "owner")] if state == "ended" else []
    for seq, (event, before, after, who) in enumerate(steps, 1):
        connection.execute(
            "INSERT INTO state_change (person_key, object_id, seq, machine, event, from_state, to_state, who, actor_kind, actor_id, at)"
            " VALUES (%s, %s, %s, 'family_member', %s, %s, %s, %s, 'citizen', %s, %s)",
            [owner.person_key, row["family_member_id"], seq, event, before, after, who, owner.person_id, INSTANT])
    return row["family_member_id"]


@dataclasses.dataclass
class Request:
    """What every request has; a repetition is the same object."""

    instant: datetime.datetime
    caller: Account
    key: str = None
    content: str = None

    def __post_init__(self):
        self.key = self.key or f"key-{uuid.uuid4()}"
        self.event_id = make_id(self.caller.person_key)
        self.principal_id, self.caller_key = self.caller.person_id, self.caller.person_key

    @property
    def content_hash(self):
        return hashlib.sha256((self.content or self.key).encode()).digest()

    @property
    def business_date(self):
        return self.instant.astimezone(CHINA).date()


@dataclasses.dataclass
class Send(Request):
    family_member_id: uuid.UUID = None
    amount_fen: int = 100
    account_id: uuid.UUID = None

    def __post_init__(self):
        super().__post_init__()
        self.account_id = self.account_id or self.caller.account_id
        self.person_key = self.caller.person_key
        self.transfer_id = make_id(self.person_key)


def send(owner, family_member_id, amount_fen=100, instant=NOON, **fields):
    return Send(instant, owner, family_member_id=family_member_id, amount_fen=amount_fen, **fields)


@dataclasses.dataclass
class End(Request):
    transfer_id: uuid.UUID = None
    person_key: int = None


def end(sent, caller, after=datetime.timedelta(hours=1), instant=None, **fields):
    return End(instant or sent.instant + after, caller, transfer_id=sent.transfer_id, person_key=sent.person_key, **fields)


@dataclasses.dataclass
class Open(Request):
    person_key: int = None
    person_id: uuid.UUID = None
    visible: str = None
    actor_kind: str = "citizen"

    def __post_init__(self):
        super().__post_init__()
        self.account_id = make_id(self.person_key)


TYPES = {"transfer_id": "uuid", "person_key": "bigint", "account_id": "uuid", "family_member_id": "uuid", "amount_fen": "bigint",
         "business_date": "date", "instant": "timestamptz", "principal_id": "uuid", "key": "text", "content_hash": "bytea",
         "event_id": "uuid", "caller_key": "bigint", "person_id": "uuid", "visible": "text", "actor_kind": "text"}
CREATE = "transfer_id person_key account_id family_member_id amount_fen business_date instant principal_id key content_hash event_id"
END = "person_key transfer_id caller_key business_date instant principal_id key content_hash event_id"
OPEN = "person_key person_id caller_key visible account_id instant principal_id actor_kind key content_hash event_id"


def _call(connection, function, names, requests, before=(), wait=False, with_hash=True):
    values = [*before, *([getattr(request, name) for request in requests] for name in names.split())]
    casts = ["%s"] * len(before) + [f"%s::{TYPES[name]}[]" for name in names.split()]
    values += [["request"] * len(requests), [INSTANT] * len(requests)]
    casts += ["%s::text[]", "%s::timestamptz[]"]
    if with_hash:
        values.append(["sha256"] * len(requests))
        casts.append("%s::text[]")
    values.append([wait] * len(requests))
    casts.append("%s::boolean[]")
    cursor = connection.execute(f"SELECT * FROM {function}({', '.join(casts)}) ORDER BY ord", values)
    columns = [column.name for column in cursor.description]
    rows = [dict(zip(columns, row)) for row in cursor.fetchall()]
    assert [row.pop("ord") for row in rows] == list(range(1, len(requests) + 1))
    return rows


def create(connection, *requests, **how):
    return _call(connection, "wallet_transfer_create", CREATE, requests, **how)


def finish(connection, event, *requests, **how):
    return _call(connection, "wallet_transfer_end", END, requests, before=(event, f"{event}_wallet_transfer"), **how)


def open_wallets(connection, *requests, **how):
    return _call(connection, "wallet_open", OPEN, requests, with_hash=False, **how)


def returned(connection, instant, row_limit=100):
    return connection.execute("SELECT wallet_transfer_return(%s, %s, %s)", [instant, INSTANT, row_limit]).fetchone()[0]


def statuses(rows):
    return [row["status"] for row in rows]


def sent(connection, *requests):
    """The same requests, once the money has left."""
    answers = create(connection, *requests)
    assert statuses(answers) == ["created"] * len(requests), answers
    return requests if len(requests) > 1 else requests[0]


def money(connection, account):
    """(current year, carried over)"""
    return connection.execute("SELECT current_year_fen, carried_over_fen FROM account WHERE account_id = %s",
                              [account.account_id]).fetchone()


def state(connection, request):
    return connection.execute("SELECT state FROM wallet_transfer WHERE wallet_transfer_id = %s", [request.transfer_id]).fetchone()[0]


def entries(connection, request):
    """(kind, part, direction, amount, system account) of all its entries, oldest first."""
    return connection.execute(
        "SELECT kind, part, direction, amount_fen, system_account FROM ledger_entry WHERE operation_id = %s ORDER BY posted_at, kind, part",
        [request.transfer_id]).fetchall()


class Pair:
    """A sender with money in both parts, a receiver in another province with a wallet, and the membership."""

    def __init__(self, connection, pool_code="620500", current_year_fen=300_000, carried_over_fen=200_000):
        self.sender = person(connection, current_year_fen, carried_over_fen, pool_code)
        self.receiver = person(connection, pool_code="440100")
        self.wallet = wallet_of(connection, self.receiver)
        self.member = member(connection, self.sender, self.receiver)


def back(owner, pair, event, request):
    if event == "return":
        return returned(owner, SIX)
    caller = pair.receiver if event == "decline" else pair.sender
    return statuses(finish(owner, event, end(request, caller)))
