"""Charges of an HTTP test's citizens, made by the program's own functions at any instant (tests/db/charging.py has the calls)."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import types

from tests.db import charging
from tests.harness import money

UTC = datetime.timezone.utc


def now():
    return datetime.datetime.now(UTC)


def charged(sql, citizen, provider, amount_fen, instant=None, **fields):
    """A charge that was taken at once."""
    return made(sql, charging.charge, citizen, provider, amount_fen, instant, fields)


def held(sql, citizen, provider, amount_fen, instant=None, **fields):
    """An open hold; it lasts a day unless it is told otherwise."""
    return made(sql, charging.hold, citizen, provider, amount_fen, instant, fields)


def over(sql, citizen, provider, amount_fen, **fields):
    """A hold that ended a millisecond after the newest entry of the account: none is dated before that."""
    newest = sql.execute("SELECT last_posted_at FROM account WHERE account_id = %s", [citizen.account_id]).fetchone()[0]
    return held(sql, citizen, provider, amount_fen, newest, lasts=datetime.timedelta(milliseconds=1), **fields)


def made(sql, make, citizen, provider, amount_fen, instant, fields):
    key = money.key_of(citizen.account_id)
    account = types.SimpleNamespace(person_key=key, account_id=citizen.account_id)
    asked = make(account, provider.subject_id, amount_fen, instant or now(), **fields)
    asked.charge_id = money.new_id(key)
    return charging.created(sql, asked)


def post(sql, citizen, amount_fen, days_ago):
    """Current-year money that came long ago."""
    money.post(sql, citizen.account_id, [money.adjust(amount_fen)], now() - datetime.timedelta(days=days_ago))
