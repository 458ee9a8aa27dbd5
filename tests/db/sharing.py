"""Accounts that pay for relatives, and charges with several payers through the functions of db/functions/, as the program does."""
# SPDX-License-Identifier: Apache-2.0
import functools

from tests.db import charging
from tests.db.posting import INSTANT, Account, Entry, post
from tests.harness import family_rows

LONG_AGO = INSTANT - charging.hours(24 * 100)


def share(connection, owner, member, since=0, **limits):
    """The owner's account pays for the member from so many hours later; the id of the row."""
    return family_rows.share(connection, owner, member, since=LONG_AGO + charging.hours(since), **limits)


def more_of(connection, owner, pool_code, fen, status="spend_only"):
    """One more account of a person: an older one, or with pool 000000 the wallet."""
    account = Account(person_key=owner.person_key, pool_code=pool_code, status=status)
    account.person_id = owner.person_id
    account.insert(connection)
    post(connection, [Entry(account, fen)], instant=INSTANT - charging.hours(24))
    return account


def call(function, connection, *requests, **how):
    return charging.call(connection, function, requests, **how)


create = functools.partial(call, "shared_charge_create")
capture = functools.partial(call, "shared_charge_capture")
void = functools.partial(call, "shared_charge_void")
refund = functools.partial(call, "shared_refund_create")


def payers(answer):
    """(kind, amount) in their order"""
    return [(payer["payer_kind"], payer["amount_fen"]) for payer in answer.payers]
