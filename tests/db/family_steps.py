"""Family members, by the functions of db/functions/100 to 119 as the program calls them."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

from tests.db.posting import make_id
from tests.db.viewing import number_of, person_of

AT = datetime.datetime(2026, 1, 20, 9, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
INVITE = """
SELECT status, is_replayed, family_member_id
  FROM family_member_invite(%(id)s::uuid[], %(person_key)s::bigint[], %(account_id)s::uuid[], %(asker_key)s::bigint[],
       %(visible)s::text[], %(relation)s::text[], %(number_hash)s::bytea[], %(name_hash)s::bytea[], %(nothing)s::bytea[],
       %(nothing)s::bytea[], %(charge_limit_fen)s::bigint[], %(month_limit_fen)s::bigint[], %(year_limit_fen)s::bigint[],
       %(usages)s::text[], %(source)s::bytea[], %(principal_id)s::uuid[], %(instant)s::timestamptz[],
       %(real_instant)s::timestamptz[], %(key)s::text[], %(content)s::bytea[], %(event_id)s::uuid[], %(request_id)s::text[],
       %(wait)s::boolean[])
 ORDER BY ord
"""
STEP = """
SELECT status, is_replayed
  FROM family_member_step(%(operation)s, %(event)s, %(asker_key)s::bigint[], %(visible)s::text[], %(person_key)s::bigint[],
       %(id)s::uuid[], %(nothing)s::bigint[], %(nothing)s::bigint[], %(nothing)s::bigint[], %(nothing)s::text[],
       %(principal_id)s::uuid[], %(instant)s::timestamptz[], %(real_instant)s::timestamptz[], %(key)s::text[],
       %(content)s::bytea[], %(event_id)s::uuid[], %(request_id)s::text[], %(wait)s::boolean[])
 ORDER BY ord
"""
OPERATIONS = {"accept": "accept_family_member", "decline": "refuse_family_member", "cancel": "cancel_family_member",
              "change": "set_family_limits", "end": "end_family_member"}


def enrol(connection, account, scheme="employee", pool_code="620500"):
    mode = "with_account" if scheme == "employee" else "pooled_only"
    connection.execute(
        "INSERT INTO enrolment (person_key, enrolment_id, pool_code, scheme, status, account_mode, payer_kind, started_on)"
        " VALUES (%s, %s, %s, %s, 'active', %s, 'self', '2015-01-01') ON CONFLICT DO NOTHING",
        [account.person_key, make_id(account.person_key), pool_code, scheme, mode])


def common(connection, by, **changes):
    """What both kinds of request have; `by` is the account of who asks."""
    return {"asker_key": by.person_key, "visible": None, "principal_id": person_of(connection, by), "nothing": None, "instant": AT,
            "real_instant": AT, "key": uuid.uuid4().hex, "content": b"c" * 32, "request_id": "r", "wait": False, **changes}


def asked(connection, account, relative, **changes):
    """One request to share the account with the person of another."""
    number_hash, name_hash = number_of(connection, relative)
    return {"id": make_id(account.person_key), "person_key": account.person_key, "account_id": account.account_id,
            "relation": "parent", "number_hash": number_hash, "name_hash": name_hash, "charge_limit_fen": None,
            "month_limit_fen": None, "year_limit_fen": None, "usages": None, "source": b"s" * 32,
            "event_id": make_id(account.person_key), **common(connection, account), **changes}


def together(connection, query, requests, **alike):
    return connection.execute(query, {**alike, **{name: [r[name] for r in requests] for name in requests[0]}}).fetchall()


def invite(connection, *requests):
    """What a batch is answered."""
    return together(connection, INVITE, requests)


def stepping(connection, by, request, **changes):
    """One request of somebody to take a step of what was asked for by `request`."""
    return {"id": request["id"], "person_key": request["person_key"], "event_id": make_id(request["person_key"]),
            **common(connection, by, instant=request["instant"] + datetime.timedelta(hours=1)), **changes}


def step(connection, event, *requests):
    return together(connection, STEP, requests, operation=OPERATIONS[event], event=event)


def shared(connection, account, relative, **changes):
    """The request of a member who has agreed."""
    request = asked(connection, account, relative, **changes)
    assert invite(connection, request)[0][0] == "created"
    assert step(connection, "accept", stepping(connection, relative, request))[0][0] == "done"
    return request
