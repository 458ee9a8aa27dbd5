"""Puts people, entries, holds and contributions into the database as the program would."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime
import threading
import time
import uuid

from tests.harness import adjustments

UTC = datetime.timezone.utc
CHINA = datetime.timezone(datetime.timedelta(hours=8))
KEY_MASK = (1 << 62) - 1
id_lock = threading.Lock()
last_time = 0


def key_of(any_id):
    return uuid.UUID(str(any_id)).int & KEY_MASK


def new_id(person_key):
    """Version 7 with the person's key in the low 62 bits (server/uuid.h); each later than the one before."""
    global last_time
    with id_lock:
        last_time = max(last_time + 1, (time.time_ns() // 1_000_000) << 12)
        milliseconds, fraction = divmod(last_time, 1 << 12)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | fraction << 64 | 2 << 62 | person_key & KEY_MASK)


@dataclasses.dataclass
class Entry:
    kind: str
    part: str
    direction: str
    amount_fen: int
    system_kind: str
    reference: str = ""


def adjust(amount_fen, part="current_year", reference=""):
    direction = "credit" if amount_fen > 0 else "debit"
    return Entry("adjustment", part, direction, abs(amount_fen), "adjustment", reference)


def post(sql, account_id, entries, instant=None, business_date=None, operation_id=None):
    """Posts entries in one transaction through the program's own ledger_post; each is its own operation unless one is given."""
    key = key_of(account_id)
    instant = instant or datetime.datetime.now(UTC)
    business_date = business_date or instant.astimezone(datetime.timezone(datetime.timedelta(hours=8))).date()
    with sql.transaction():
        place = "person_key = %s AND account_id = %s"
        (pool,) = sql.execute(f"SELECT pool_code FROM account WHERE {place}", [key, account_id]).fetchone()
        system = [f"{entry.system_kind}:{pool}" for entry in entries]
        for name, entry in zip(system, entries):
            sql.execute(
                "INSERT INTO system_account (system_account, kind, pool_code) VALUES (%s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                [name, entry.system_kind, pool],
            )
        sql.execute("SELECT FROM account_lock(%s::bigint[], %s::uuid[], true)", [[key], [str(account_id)]])
        count = len(entries)
        entry_ids = [str(new_id(key)) for _ in entries]
        operation_ids = [str(operation_id or new_id(key)) for _ in entries]
        rows = sql.execute(
            "SELECT status FROM ledger_post(%s::bigint[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[],"
            " %s::text[], %s::bigint[], %s::text[], %s::date[], %s::text[], NULL, %s, 'sha256')",
            [
                [key] * count,
                [str(account_id)] * count,
                entry_ids,
                operation_ids,
                [entry.kind for entry in entries],
                [entry.part for entry in entries],
                [entry.direction for entry in entries],
                [entry.amount_fen for entry in entries],
                system,
                [business_date] * count,
                [entry.reference for entry in entries],
                instant,
            ],
        ).fetchall()
        assert [status for (status,) in rows] == ["posted"] * count, rows
        for entry, entry_id, operation in zip(entries, entry_ids, operation_ids):
            if entry.kind == "adjustment":
                adjustments.plant(sql, key, account_id, entry_id, operation, entry.part, entry.direction, entry.amount_fen)


HOLDER = uuid.UUID("01900000-0006-7000-8000-00000000face")
LONG_AGO = datetime.timedelta(days=30)  # of what is recorded here, so that no idempotency key is missed
DAY = datetime.timedelta(days=1)


def hold(sql, account_id, amount_fen, instant=None):
    """Opens a hold, as an institution of this harness would; returns its id."""
    key, hold_id = key_of(account_id), new_id(key_of(account_id))
    instant = instant or datetime.datetime.now(UTC)
    values = {"holder": HOLDER, "key": key, "account": account_id, "hold": hold_id, "fen": amount_fen, "at": instant,
              "ends": instant + DAY, "day": instant.astimezone(CHINA).date(), "number": str(hold_id),
              "event": uuid.uuid4(), "recorded": datetime.datetime.now(UTC) - LONG_AGO}
    with sql.transaction():
        for statement in HOLD:
            sql.execute(statement, values)
        _hold_event(sql, account_id, hold_id, "opened", amount_fen, instant, instant + DAY, amount_fen)
    return hold_id


def void(sql, account_id, hold_id, amount_fen, instant=None):
    instant = instant or datetime.datetime.now(UTC)
    with sql.transaction():
        _hold_event(sql, account_id, hold_id, "voided", amount_fen, instant, None, -amount_fen)
        sql.execute("UPDATE charge SET state = 'voided', changed_at = greatest(changed_at, %s) WHERE person_key = %s AND charge_id = %s",
                    [instant, key_of(account_id), hold_id])
        sql.execute(EVENT.format("void_charge"), {"holder": HOLDER, "key": key_of(account_id), "hold": hold_id, "event": uuid.uuid4(),
                                                  "recorded": datetime.datetime.now(UTC) - LONG_AGO})


EVENT = (
    "INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id)"
    " VALUES (%(event)s, %(recorded)s, 'client', %(holder)s, '{}', %(key)s, %(hold)s)"
)
HOLD = (
    "INSERT INTO client (client_id, kind, name, regions, state, created_at, changed_at)"
    " VALUES (%(holder)s, 'provider', 'who holds in tests', '{000000}', 'active', %(recorded)s, %(recorded)s) ON CONFLICT DO NOTHING",
    "INSERT INTO provider (provider_id, institution_code, institution_type) VALUES (%(holder)s, 'H000000FACE', 'hospital')"
    " ON CONFLICT DO NOTHING",
    "INSERT INTO charge (person_key, amount_fen, captured_fen, current_year_fen, carried_over_fen, created_at, changed_at, expires_at,"
    " business_date, charge_id, account_id, provider_id, pool_code, state, usage, charge_no)"
    " SELECT person_key, %(fen)s, 0, 0, 0, %(at)s, %(at)s, %(ends)s, %(day)s, %(hold)s, account_id, %(holder)s, pool_code, 'held',"
    " 'medicine', %(number)s FROM account WHERE person_key = %(key)s AND account_id = %(account)s",
    "INSERT INTO business_number (scope_id, kind, number, object_id) VALUES (%(holder)s, 'charge', %(number)s, %(hold)s)",
    EVENT.format("create_charge"),
)


def _hold_event(sql, account_id, hold_id, kind, amount_fen, instant, expires_at, change_fen):
    key, seq = key_of(account_id), 1 if kind == "opened" else 2
    with sql.transaction():
        sql.execute(
            "UPDATE account SET held_fen = held_fen + %s, version = version + 1"
            " WHERE person_key = %s AND account_id = %s",
            [change_fen, key, account_id],
        )
        sql.execute(
            "INSERT INTO hold_event (person_key, account_id, hold_id, seq, kind, amount_fen, operation_id, expires_at,"
            " posted_at, reference) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [key, account_id, hold_id, seq, kind, amount_fen, new_id(key), expires_at, instant, str(hold_id)],
        )


def record_contributions(sql, person_id, pool_code, rows):
    """Rows are (period, scheme, kind, source_document, personal_fen): recorded, not posted, as before a cut-over."""
    key = key_of(person_id)
    now = datetime.datetime.now(UTC)
    with sql.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO contribution (person_key, contribution_id, operation_id, pool_code, scheme, period, kind,"
            " source_document, base_fen, personal_fen, employer_fen, subsidy_fen, status, recorded_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 0, %s, 0, 0, 'recorded', %s)",
            [
                [key, new_id(key), new_id(key), pool_code, scheme, period, kind, document, personal_fen, now]
                for period, scheme, kind, document, personal_fen in rows
            ],
        )
