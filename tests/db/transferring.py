"""Transfers by SQL as applications leave them, and the decisions of desks through transfer_decide."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime
import hashlib
import uuid

from psycopg.rows import dict_row

from tests.db.posting import INSTANT, POOL, Account, Entry, make_id, post
from tests.harness import scans

FAR, NEAR, DAY = "440100", "620900", datetime.timedelta(days=1)
OUT, IN, OUT_TWO, IN_TWO = (uuid.UUID(int=n + 1 << 64) for n in range(4))


@dataclasses.dataclass
class Moving:
    """Somebody with an account, who has applied to move."""

    account: Account
    enrolment_id: uuid.UUID
    transfer_id: uuid.UUID

    @property
    def person_key(self):
        return self.account.person_key


def enrol(connection, account, pool_code=POOL, **changes):
    row = {"person_key": account.person_key, "enrolment_id": make_id(account.person_key), "pool_code": pool_code,
           "scheme": "employee", "status": "active", "account_mode": "with_account", "payer_kind": "self",
           "started_on": "2015-01-01", **changes}
    connection.execute(f"INSERT INTO enrolment ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))
    return row["enrolment_id"]


def apply(connection, way="cross_province", to_pool=FAR, current_year_fen=5000, carried_over_fen=700, documents=True,
          pending_since=None, instant=INSTANT, account=None, **changes):
    """As begin_moving leaves it: the old enrolment closes, what waits at the new pool goes on waiting."""
    if account is None:
        account = Account().insert_owner(connection).insert(connection)
        entries = [Entry(account, fen, part=part) for part, fen in
                   (("current_year", current_year_fen), ("carried_over", carried_over_fen)) if fen]
        if entries:
            post(connection, entries, instant=instant - DAY)
    old = enrol(connection, account, status="closing")
    to_scheme = changes.get("to_scheme", "employee")
    new = enrol(connection, account, to_pool, status="pending_in", started_on=pending_since, scheme=to_scheme,
                account_mode="with_account" if to_scheme == "employee" else "pooled_only") if pending_since else None
    row = {"person_key": account.person_key, "created_at": instant, "entered_at": instant, "transfer_id": make_id(account.person_key),
           "person_id": account.person_id, "from_enrolment_id": old, "to_enrolment_id": new, "from_account_id": account.account_id,
           "machine": "transfer_payout" if way == "payout" else "transfer", "way": way, "state": "submitted", "from_pool_code": POOL,
           "to_pool_code": to_pool, "from_scheme": "employee", "to_scheme": "employee",
           "bank_card_sealed": bytes(40) if way == "payout" else None, "due_on": "2026-01-12", **changes}
    connection.execute(f"INSERT INTO transfer ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))
    connection.execute(
        "INSERT INTO state_change (person_key, at, seq, object_id, actor_id, machine, event, from_state, to_state, who, actor_kind)"
        " VALUES (%s, %s, 1, %s, gen_random_uuid(), %s, 'submit', '', 'submitted', 'person', 'citizen')",
        [account.person_key, instant, row["transfer_id"], row["machine"]])
    moving = Moving(account, old, row["transfer_id"])
    if documents:
        for kind in ("citizen_id", "enrolment_certificate"):
            hand_in(connection, moving, kind)
    return moving


def hand_in(connection, moving, kind):
    connection.execute(
        "INSERT INTO document (person_key, size_bytes, created_at, document_id, object_id, uploaded_by, object_kind, document_kind,"
        " content_type, content_hash, uploader_kind) VALUES (%s, 1, %s, %s, %s, gen_random_uuid(), 'transfer', %s, 'application/pdf',"
        " sha256('x'), 'citizen')",
        [moving.person_key, INSTANT, make_id(moving.person_key), moving.transfer_id, kind])
    scans.complete(connection, moving.transfer_id)


@dataclasses.dataclass
class Decision:
    moving: Moving
    desk: str
    decision: str = "approve"
    actor_id: uuid.UUID = None
    reason_code: str = None
    note: str = None
    moves_on: str = None
    instant: datetime.datetime = INSTANT + DAY
    visible: str = None
    key: str = None
    content: str = None

    def __post_init__(self):
        self.actor_id = self.actor_id or {"out": OUT, "in": IN}.get(self.desk, OUT)
        self.key = self.key or f"key-{uuid.uuid4()}"
        self.ids = [make_id(self.person_key) for _ in range(4)]
        if self.decision == "refuse" and self.reason_code is None:
            self.reason_code, self.note = "not_enrolled", "查无参保记录"

    @property
    def transfer_id(self):
        return self.moving.transfer_id

    @property
    def person_key(self):
        return self.moving.person_key


CALL = """
SELECT status, is_replayed, outcome FROM transfer_decide(
    %s::uuid[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[], %s::uuid[],
    %s::timestamptz[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::bytea[], %s::uuid[], %s::text[],
    %s::timestamptz[], %s::text[], %s::boolean[]) ORDER BY ord
"""


def arguments(decisions, waits=False):
    def column(get):
        return [get(d) for d in decisions]

    return [column(lambda d: d.transfer_id), column(lambda d: d.person_key), column(lambda d: d.visible),
            column(lambda d: d.desk), column(lambda d: d.decision), column(lambda d: d.reason_code), column(lambda d: d.note),
            column(lambda d: d.moves_on), column(lambda d: d.actor_id), column(lambda d: d.instant),
            column(lambda d: d.ids[0]), column(lambda d: d.ids[1]), column(lambda d: d.ids[2]), column(lambda d: d.key),
            column(lambda d: hashlib.sha256((d.content or d.key).encode()).digest()), column(lambda d: d.ids[3]),
            column(lambda d: "request"), column(lambda d: d.instant), column(lambda d: "sha256"), column(lambda d: waits)]


def decide(connection, *decisions, waits=False):
    """[(status, is_replayed, outcome)] in their order."""
    with connection.transaction():
        return connection.execute(CALL, arguments(decisions, waits)).fetchall()


def step(connection, moving, desk, decision="approve", **words):
    """The status of one decision."""
    return decide(connection, Decision(moving, desk, decision, **words))[0][0]


def bring(connection, moving, state, instant=INSTANT + DAY):
    """To a state, by the decisions that lead there."""
    ways = {"submitted": [], "checked_out": ["out"], "checked_in": ["in"], "out_review": ["out", "in"],
            "in_review": ["out", "in", "out"], "completed": ["out", "in", "out", "in"]}
    for desk in ways[state]:
        assert step(connection, moving, desk, instant=instant) == "done"
    return moving


def row(connection, moving):
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute("SELECT * FROM transfer WHERE person_key = %s AND transfer_id = %s",
                              [moving.person_key, moving.transfer_id]).fetchone()


def accounts(connection, moving):
    """{pool: (status, current, carried over)}"""
    rows = connection.execute("SELECT pool_code, status, current_year_fen, carried_over_fen FROM account WHERE person_key = %s",
                              [moving.person_key]).fetchall()
    return {pool: tuple(rest) for pool, *rest in rows}


def enrolments(connection, moving):
    """{pool: (status, first day, last day)}"""
    rows = connection.execute("SELECT pool_code, status, started_on::text, ended_on::text FROM enrolment WHERE person_key = %s",
                              [moving.person_key]).fetchall()
    return {pool: tuple(rest) for pool, *rest in rows}


def entries(connection, moving):
    """[(kind, pool, part, fen)] of its operations, in their order."""
    return connection.execute(
        "SELECT entry.kind, split_part(entry.system_account, ':', 2), entry.part, entry.amount_fen FROM ledger_entry AS entry"
        " WHERE entry.person_key = %s AND entry.kind LIKE 'transfer%%' ORDER BY entry.posted_at, entry.kind, entry.part DESC",
        [moving.person_key]).fetchall()
