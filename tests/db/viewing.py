"""Grants to look at accounts, made by the functions of db/functions/25x."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

from tests.db.posting import Account, make_id

AT = datetime.datetime(2026, 1, 20, 9, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))


def person_of(connection, account):
    """The person's public id."""
    return connection.execute("SELECT person_id FROM person WHERE person_key = %s", [account.person_key]).fetchone()[0]


def number_of(connection, account):
    """Keyed hashes of the person's citizen number and name."""
    return connection.execute(
        "SELECT hash, name_hash FROM person JOIN person_identifier USING (person_key)"
        " WHERE person_key = %s AND kind = 'citizen_number'", [account.person_key]).fetchone()


CREATE = """
SELECT status, is_replayed, view_grant_id, state, possible, retry_after_s
  FROM view_grant_create(%(view_grant_id)s::uuid[], %(person_key)s::bigint[], %(owner_id)s::uuid[], %(account_id)s::uuid[],
       %(family_member_id)s::uuid[], %(number_hash)s::bytea[], %(name_hash)s::bytea[], %(scope)s::text[], %(expires_on)s::date[],
       %(instant)s::timestamptz[], %(key)s::text[], %(content)s::bytea[], %(event_id)s::uuid[], %(request_id)s::text[],
       %(failures_max)s::integer[], %(wait)s::boolean[])
 ORDER BY ord
"""
REVOKE = """
SELECT status, is_replayed, state, possible, ended_at
  FROM view_grant_revoke(%(principal_id)s::uuid[], %(actor_kind)s::text[], %(person_key)s::bigint[], %(view_grant_id)s::uuid[],
       %(visible)s::text[], %(instant)s::timestamptz[], %(key)s::text[], %(content)s::bytea[], %(event_id)s::uuid[],
       %(request_id)s::text[], %(wait)s::boolean[])
 ORDER BY ord
"""


def asked(connection, account, viewer, **changes):
    """One request to let the viewer look at the account, by its owner."""
    number_hash, name_hash = number_of(connection, viewer) if viewer else (None, None)
    return {
        "view_grant_id": make_id(account.person_key), "person_key": account.person_key,
        "owner_id": person_of(connection, account), "account_id": account.account_id, "family_member_id": None,
        "number_hash": number_hash, "name_hash": name_hash, "scope": "balance", "expires_on": AT.date() + datetime.timedelta(365),
        "instant": AT, "key": uuid.uuid4().hex, "content": b"c" * 32, "event_id": make_id(account.person_key),
        "request_id": "r", "failures_max": 10, "wait": False, **changes}


def together(connection, query, requests):
    """What a batch is answered."""
    return connection.execute(query, {name: [r[name] for r in requests] for name in requests[0]}).fetchall()


def create(connection, *requests):
    return together(connection, CREATE, requests)


def taken_back(principal_id, view_grant_id, person_key, **changes):
    return {
        "principal_id": principal_id, "actor_kind": "citizen", "person_key": person_key, "view_grant_id": view_grant_id,
        "visible": None, "instant": AT + datetime.timedelta(days=2), "key": uuid.uuid4().hex, "content": b"c" * 32,
        "event_id": make_id(person_key), "request_id": "r", "wait": False, **changes}


def revoke(connection, *requests):
    return together(connection, REVOKE, requests)


def look(connection, account, viewer_id, scope="balance", at=AT + datetime.timedelta(days=1), action="get_account_balance"):
    """The event's id, or None when nothing was shown."""
    event_id = make_id(account.person_key)
    rows = connection.execute("SELECT view_grant_id FROM view_look(%s, %s, %s, %s, %s, %s, %s, 'r')", [
        account.person_key, account.account_id, viewer_id, scope, at, action, event_id]).fetchall()
    return event_id if rows else None


class Views:
    """One grant that holds, with a look, and one to somebody else that was taken back."""

    def __init__(self, connection, world):
        third = Account().insert_owner(connection).insert(connection)
        held, revoked = asked(connection, world.account, world.other), asked(connection, world.account, third)
        assert [row[0] for row in create(connection, held) + create(connection, revoked)] == ["created", "created"]
        person_id = person_of(connection, world.account)
        (done,) = revoke(connection, taken_back(person_id, revoked["view_grant_id"], world.account.person_key))
        assert done[0] == "done"
        self.ids = {
            "person": world.account.person_key, "person_id": person_id, "account": world.account.account_id,
            "other": world.other.account_id, "other_person": world.other.person_key, "other_person_id": person_of(connection, world.other),
            "third_person": third.person_key, "third_person_id": person_of(connection, third),
            "held": held["view_grant_id"], "revoked": revoked["view_grant_id"],
            "look": look(connection, world.account, person_of(connection, world.other))}
        assert self.ids["look"]
