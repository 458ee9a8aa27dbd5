"""Captures, voids and refunds over HTTP: each with a key of its own unless it is given one."""
# SPDX-License-Identifier: Apache-2.0
import datetime

from tests.harness import charges
from tests.harness.charges import CHARGES, new_key

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


def in_hours(hours):
    return (datetime.datetime.now(SHANGHAI) + datetime.timedelta(hours=hours)).isoformat()


def held(api, provider, account_id, amount_fen=100, hours=24, **changes):
    """A hold, as it was answered."""
    return charges.charged(api, provider, account_id, amount_fen, capture=False, expires_at=in_hours(hours), **changes)


def send(api, provider, charge_id, what, content=None, key=None, **params):
    """`what`: capture, void or refunds."""
    headers = {"Idempotency-Key": key or new_key()}
    return api.post(f"{CHARGES}/{charge_id}/{what}", by=provider, json=content, headers=headers, params=params)


def capture(api, provider, charge_id, amount_fen=None, key=None, **params):
    return send(api, provider, charge_id, "capture", {} if amount_fen is None else {"amount_fen": amount_fen}, key, **params)


def void(api, provider, charge_id, key=None, **params):
    return send(api, provider, charge_id, "void", None, key, **params)


def refund(api, provider, charge_id, amount_fen=None, key=None, refund_no=None, dry_run=None, **more):
    content = {"refund_no": refund_no or charges.new_number(), **more}
    if amount_fen is not None:
        content["amount_fen"] = amount_fen
    params = {} if dry_run is None else {"dry_run": dry_run}
    return send(api, provider, charge_id, "refunds", content, key, **params)
