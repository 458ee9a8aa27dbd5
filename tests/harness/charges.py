"""Charges over HTTP: each with a key and a number of its own unless it is given one."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import itertools
import uuid

from tests.harness import entering, money, records

CHARGES = "/v1/charges"
numbers = itertools.count()


def new_number():
    return f"T-{uuid.uuid4().hex[:12]}-{next(numbers)}"


def new_key():
    return str(uuid.uuid4())


def body(account_id=None, amount_fen=100, **changes):
    """A charge at once; None leaves a field out."""
    fields = {"amount_fen": amount_fen, "usage": "medicine", "charge_no": new_number(), "capture": True, **changes}
    if account_id is not None:
        fields["account_id"] = str(account_id)
    return {name: value for name, value in fields.items() if value is not None}


def send(api, provider, content, key=None, **params):
    headers = {"Idempotency-Key": key or new_key()}
    return api.post(CHARGES, by=provider, json=content, headers=headers, params=params)


def charge(api, provider, account_id, amount_fen=100, key=None, **changes):
    return send(api, provider, body(account_id, amount_fen, **changes), key)


def charged(api, provider, account_id, amount_fen=100, **changes):
    response = charge(api, provider, account_id, amount_fen, **changes)
    assert response.status_code == 201, response.text
    return response.json()


def member(api, sql, operator, new_token, current_year_fen=10_000, carried_over_fen=0, pool_code=records.POOL, with_card=False):
    """Somebody insured, with money; `numbers` are what a desk would key in."""
    citizen_number = entering.fresh_number()
    card_number = entering.fresh_card() if with_card else None
    made = records.insured(api, sql, operator, new_token, pool_code, citizen_number=citizen_number, card_number=card_number)
    made.numbers = {"citizen_number": citizen_number, "card_number": card_number}
    entries = [money.adjust(fen, part) for fen, part in ((current_year_fen, "current_year"), (carried_over_fen, "carried_over")) if fen]
    if entries:
        money.post(sql, made.account_id, entries)
    return made


@contextlib.contextmanager
def undesignated(sql, provider):
    """As if it had lost its designation."""
    code, kind = sql.execute("DELETE FROM provider WHERE provider_id = %s RETURNING institution_code, institution_type",
                             [provider.subject_id]).fetchone()
    yield
    sql.execute("INSERT INTO provider (provider_id, institution_code, institution_type) VALUES (%s, %s, %s)",
                [provider.subject_id, code, kind])


def stored(sql, account_id):
    """(current year, carried over, held)"""
    return sql.execute(
        "SELECT current_year_fen, carried_over_fen, held_fen FROM account WHERE person_key = %s AND account_id = %s",
        [money.key_of(account_id), account_id]).fetchone()


def set_status(sql, account_id, status):
    sql.execute("UPDATE account SET status = %s WHERE person_key = %s AND account_id = %s",
                [status, money.key_of(account_id), account_id])


def charges_of(sql, account_id):
    """Their ids, oldest first."""
    rows = sql.execute("SELECT charge_id FROM charge WHERE person_key = %s AND account_id = %s ORDER BY charge_id",
                       [money.key_of(account_id), account_id])
    return [str(charge_id) for (charge_id,) in rows]
