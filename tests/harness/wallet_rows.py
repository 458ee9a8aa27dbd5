"""Wallets and transfers to them that are there at any time of day: made by the program's functions, not over HTTP."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import itertools
import types
import uuid

from tests.harness import entering, money, wallets

days = itertools.count(1)


def someone(api, operator, sql, pool_code):
    """Somebody new on record, with an empty account."""
    person_id = entering.create(api, operator, pool_code=pool_code).json()["person_id"]
    return types.SimpleNamespace(person_id=person_id, account_id=account(sql, person_id, pool_code, "active"))


def account(sql, person_id, pool_code, status):
    """Theirs of that pool, opened where there is none."""
    key = money.key_of(person_id)
    rows = sql.execute(
        "INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at) VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (person_key, pool_code) DO UPDATE SET status = account.status RETURNING account_id",
        [key, money.new_id(key), person_id, pool_code, status, datetime.datetime.now(money.UTC)])
    return str(rows.fetchone()[0])


def wallet(sql, person_id):
    return account(sql, person_id, "000000", "spend_only")


def by_day():
    """Now, or the last minute before the quiet hours that it is in."""
    now = datetime.datetime.now(money.CHINA)
    if now.hour >= 22:
        return now.replace(hour=21, minute=59)
    return now if now.hour >= 6 else now.replace(hour=21, minute=59) - money.DAY


def sent(sql, sender, member_id):
    """The id of a transfer of one fen, pending; each counts for a day of its own."""
    key, transfer_id, instant = money.key_of(sender.person_id), None, by_day()
    money.post(sql, sender.account_id, [money.adjust(1)])
    transfer_id = money.new_id(key)
    (answer,) = sql.execute(
        "SELECT status FROM wallet_transfer_create(ARRAY[%s::uuid], ARRAY[%s::bigint], ARRAY[%s::uuid], ARRAY[%s::uuid], '{1}',"
        " ARRAY[%s::date], ARRAY[%s::timestamptz], ARRAY[%s::uuid], ARRAY[%s], ARRAY[sha256('x')], ARRAY[%s::uuid], '{request}',"
        " ARRAY[now()], '{sha256}', '{true}')",
        [transfer_id, key, sender.account_id, member_id, instant.date() - next(days) * money.DAY, instant, sender.person_id,
         str(uuid.uuid4()), money.new_id(key)]).fetchall()
    assert answer == ("created",), answer
    return str(transfer_id)


def shared(sql, owner, relative):
    """The relative, who gets a wallet, as a member of the owner's account; only who is employed shares it."""
    wallet(sql, relative.person_id)
    key = money.key_of(owner.person_id)
    sql.execute(
        "INSERT INTO enrolment (person_key, enrolment_id, pool_code, scheme, status, account_mode, payer_kind, started_on)"
        " SELECT person_key, %s, pool_code, 'employee', 'active', 'with_account', 'self', '2015-01-01' FROM account"
        " WHERE person_key = %s AND account_id = %s AND NOT EXISTS (SELECT FROM enrolment WHERE person_key = account.person_key"
        " AND enrolment.pool_code = account.pool_code AND scheme = 'employee')", [money.new_id(key), key, owner.account_id])
    return wallets.plant_member(sql, owner, relative)
