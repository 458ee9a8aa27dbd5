"""The owner of an account lets somebody look at it: the steps that tests share."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid
import zoneinfo

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")


def today(days=0):
    return (datetime.datetime.now(SHANGHAI).date() + datetime.timedelta(days=days)).isoformat()


def grants_of(account):
    return f"/v1/accounts/{account.account_id}/view-grants"


def grant(api, owner, viewer, key=None, by=None, **changes):
    body = {"citizen_number": viewer.citizen_number, "name": viewer.name, "scope": "balance", **changes}
    body = {name: value for name, value in body.items() if value is not None}
    return api.post(grants_of(owner), by=by or owner, json=body, headers={"Idempotency-Key": key or uuid.uuid4().hex})


def granted(api, owner, viewer, **changes):
    response = grant(api, owner, viewer, **changes)
    assert response.status_code == 201, response.text
    return response.json()


def revoke(api, view_grant_id, by, key=None):
    path = f"/v1/view-grants/{view_grant_id}/revocation"
    return api.post(path, by=by, headers={"Idempotency-Key": key or uuid.uuid4().hex})
