"""Applies for withdrawals and takes their steps through the functions of db/functions/, as the program does."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import hashlib
import itertools
import uuid

from tests.db.charging import add_account, day_of, hours
from tests.db.posting import INSTANT, make_id
from tests.harness import scans

CARD = b"c" * 40
NAME = b"n" * 40
OPERATOR, FIRST, SECOND = (uuid.UUID(int=0x62_0000 + i) for i in range(3))
keys = itertools.count(1)

CREATE = """
SELECT status, is_replayed, withdrawal_id, outcome FROM withdrawal_create(
    %(ids)s::uuid[], %(principals)s::uuid[], %(kinds)s::text[], %(visibles)s::text[], %(person_keys)s::bigint[],
    %(account_ids)s::uuid[], %(reasons)s::text[], %(name_hashes)s::bytea[], %(cards)s::bytea[], %(names)s::bytea[],
    %(instants)s::timestamptz[], %(keys)s::text[], %(contents)s::bytea[], %(events)s::uuid[], %(requests)s::text[],
    %(reals)s::timestamptz[], %(waits)s::boolean[]) ORDER BY ord
"""
STEP = """
SELECT status, is_replayed, withdrawal_id, outcome FROM withdrawal_step(
    %(operation)s, %(names)s::text[], %(principals)s::uuid[], %(kinds)s::text[], %(visibles)s::text[],
    %(person_keys)s::bigint[], %(ids)s::uuid[], %(returns)s::uuid[], %(cards)s::bytea[], %(paid_ons)s::date[],
    %(reasons)s::text[], %(notes)s::text[], %(instants)s::timestamptz[], %(keys)s::text[], %(contents)s::bytea[],
    %(events)s::uuid[], %(requests)s::text[], %(reals)s::timestamptz[], %(hashes)s::text[], %(waits)s::boolean[])
 ORDER BY ord
"""
OPERATIONS = {"approve": "decide_withdrawal", "refuse": "decide_withdrawal", "cancel": "cancel_withdrawal",
              "change_bank_account": "change_withdrawal_bank_account", "give_up": "return_withdrawal",
              "pay_at_window": "pay_withdrawal_at_window"}


def now():
    return datetime.datetime.now(datetime.timezone.utc)


class Asked:
    """One request; sent again it is the same."""

    def __init__(self, person_key, instant=INSTANT, actor=OPERATOR, kind="staff", visible=None, key=None, content=None):
        self.person_key, self.instant, self.actor, self.kind, self.visible = person_key, instant, actor, kind, visible
        self.key = key or f"withdrawal-{next(keys)}"
        self.content = hashlib.sha256((content or self.key).encode()).digest()
        self.event_id = make_id(person_key)


class Application(Asked):
    def __init__(self, account, reason="emigration", name_hash=None, **fields):
        super().__init__(account.person_key, **fields)
        self.account, self.reason, self.withdrawal_id = account, reason, make_id(account.person_key)
        own = hashlib.sha256(account.person_id.bytes).digest()
        self.name_hash = name_hash or (hashlib.sha256(b"heir").digest() if reason == "death" else own)


class Step(Asked):
    def __init__(self, of, event, after=hours(1), actor=OPERATOR, reason=None, **fields):
        super().__init__(of.person_key, instant=fields.pop("instant", of.instant + after), actor=actor, **fields)
        self.withdrawal_id, self.event, self.reason = of.withdrawal_id, event, reason
        self.return_id = make_id(of.person_key)


def column(requests, get):
    return [get(request) for request in requests]


def shared(requests):
    return {
        "ids": column(requests, lambda r: r.withdrawal_id), "principals": column(requests, lambda r: r.actor),
        "kinds": column(requests, lambda r: r.kind), "visibles": column(requests, lambda r: r.visible),
        "person_keys": column(requests, lambda r: r.person_key), "instants": column(requests, lambda r: r.instant),
        "keys": column(requests, lambda r: r.key), "contents": column(requests, lambda r: r.content),
        "events": column(requests, lambda r: r.event_id), "requests": ["r" * 32] * len(requests),
        "reals": [now()] * len(requests), "waits": [False] * len(requests)}


def apply(connection, *requests):
    """[(status, is_replayed, withdrawal_id, outcome)]"""
    return connection.execute(CREATE, {
        **shared(requests), "account_ids": column(requests, lambda r: r.account.account_id),
        "reasons": column(requests, lambda r: r.reason), "name_hashes": column(requests, lambda r: r.name_hash),
        "cards": [CARD] * len(requests), "names": [NAME] * len(requests)}).fetchall()


def take(connection, *requests, hashes="sha256"):
    """Steps of one operation."""
    (operation,) = {OPERATIONS[request.event] for request in requests}
    return connection.execute(STEP, {
        **shared(requests), "operation": operation, "names": column(requests, lambda r: r.event),
        "returns": column(requests, lambda r: r.return_id), "cards": [b"d" * 40] * len(requests),
        "paid_ons": column(requests, lambda r: day_of(r.instant)), "reasons": column(requests, lambda r: r.reason),
        "notes": [None] * len(requests), "hashes": [hashes] * len(requests)}).fetchall()


def statuses(answers):
    return [answer[0] for answer in answers]


def hand_in(connection, of):
    """All documents that are needed."""
    connection.execute(
        "INSERT INTO document (person_key, size_bytes, created_at, document_id, object_id, uploaded_by, object_kind,"
        " document_kind, content_type, content_hash, uploader_kind)"
        " SELECT w.person_key, 10, w.created_at, person_id_at(w.person_key, person_id_tick() + m.place), w.withdrawal_id,"
        " %(by)s, 'withdrawal', m.document_kind, 'application/pdf', sha256('x'), 'staff'"
        "  FROM withdrawal AS w, LATERAL (SELECT row_number() OVER () AS place, n.*"
        "       FROM materials_needed(w.pool_code, w.reason, w.person_key, w.withdrawal_id) AS n WHERE n.is_required) AS m"
        " WHERE w.withdrawal_id = %(id)s", {"id": of.withdrawal_id, "by": OPERATOR})
    scans.complete(connection, of.withdrawal_id)


def account_of(connection, current_year_fen=10000, carried_over_fen=700, **fields):
    return add_account(connection, current_year_fen, carried_over_fen, **fields)


def submitted(connection, account=None, **fields):
    asked = Application(account or account_of(connection), **fields)
    assert statuses(apply(connection, asked)) == ["done"]
    hand_in(connection, asked)
    return asked


def done(connection, *requests):
    answers = take(connection, *requests)
    assert statuses(answers) == ["done"] * len(requests), answers
    return answers[0][3]


def reviewed(connection, account=None, **fields):
    asked = submitted(connection, account, **fields)
    done(connection, Step(asked, "approve", actor=FIRST))
    return asked


def approved(connection, account=None, **fields):
    asked = reviewed(connection, account, **fields)
    done(connection, Step(asked, "approve", after=hours(2), actor=SECOND))
    return asked


def row(connection, of, columns="state, amount_fen, current_year_fen, carried_over_fen"):
    return connection.execute(f"SELECT {columns} FROM withdrawal WHERE withdrawal_id = %s", [of.withdrawal_id]).fetchone()


def money(connection, account):
    """(current year, carried over, held, status)"""
    return connection.execute(
        "SELECT current_year_fen, carried_over_fen, held_fen, status FROM account WHERE account_id = %s",
        [account.account_id]).fetchone()


def payable(connection, pool="620500"):
    (fen,) = connection.execute(
        "SELECT coalesce(sum(CASE direction WHEN 'debit' THEN amount_fen ELSE -amount_fen END), 0)::bigint FROM ledger_entry"
        " WHERE system_account = 'withdrawal_payable:' || %s", [pool]).fetchone()
    return fen


FILE = """
SELECT status, is_replayed, payout_file_id, outcome FROM payout_file_create(
    %(file)s, %(pool)s, %(items)s, %(hash)s, %(by)s, %(instant)s, %(key)s, %(content)s, gen_random_uuid(), 'r', %(real)s)
"""
RESULTS = """
SELECT status, is_replayed, outcome FROM payout_results_record(
    %(file)s, NULL, %(items)s, %(by)s, %(instant)s, %(key)s, %(content)s, gen_random_uuid(), 'r', %(real)s, 'sha256')
"""


def make_file(connection, *withdrawals, after=hours(5), pool="620500", key=None):
    """(status, the file's id) of a file of these."""
    number = next(keys)
    key, file_id = key or f"payout-file-{number}", uuid.UUID(int=number << 80 | 7 << 76 | 2 << 62)  # later ones are greater
    changed_us = "(extract(epoch FROM changed_at) * 1000000)::bigint"
    items = "".join(f"{of.withdrawal_id}\t{row(connection, of, changed_us)[0]}\n" for of in withdrawals)
    (answer,) = connection.execute(FILE, {
        "file": file_id, "pool": pool, "items": items, "hash": b"h" * 40, "by": OPERATOR, "instant": INSTANT + after, "key": key,
        "content": hashlib.sha256(key.encode()).digest(), "real": now()}).fetchall()
    return answer[0], answer[2]


def record(connection, file_id, *answers, after=hours(30), key=None):
    """[status] of answers (withdrawal, "paid" or a bounce code); when it was paid, that day."""
    key = key or f"payout-results-{next(keys)}"
    items = "".join(f"{of.withdrawal_id}\tpaid\t\t{day_of(INSTANT + after)}\n" if what == "paid"
                    else f"{of.withdrawal_id}\tbounced\t{what}\t\n"
                    for of, what in answers)
    (answer,) = connection.execute(RESULTS, {
        "file": file_id, "items": items, "by": OPERATOR, "instant": INSTANT + after, "key": key,
        "content": hashlib.sha256(key.encode()).digest(), "real": now()}).fetchall()
    assert answer[0] == "done", answer
    return [one["status"] for one in answer[2]["results"]]
