"""Proposals to reverse and to merge, stored and applied as the program does."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

from tests.db.posting import INSTANT, make_id

LATER = INSTANT + datetime.timedelta(days=1)


def propose(connection, kind, person_key, object_id, pool_code=None, payload="{}", proposal_id=None):
    proposal_id = proposal_id or make_id(person_key)
    connection.execute(
        "INSERT INTO proposal (proposal_id, kind, person_key, object_id, pool_code, payload, reason, proposed_by, proposed_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, 'test', %s, %s)",
        [proposal_id, kind, person_key, object_id, pool_code, payload, uuid.uuid4(), INSTANT])
    return proposal_id


def apply(connection, kind, *proposal_ids, instant=LATER):
    """[(status, outcome)] in the order of the ids given; what was refused is rejected, so that it can be proposed again."""
    with connection.transaction():
        rows = connection.execute(
            f"SELECT proposal_id, status, outcome FROM proposal_apply_{kind}(%s::uuid[], %s, %s::uuid[], %s::text[])",
            [list(proposal_ids), instant, [uuid.uuid4()] * len(proposal_ids), ["request"] * len(proposal_ids)]).fetchall()
        done = {proposal_id: (status, outcome) for proposal_id, status, outcome in rows}
        applied = [proposal_id for proposal_id in proposal_ids if done[proposal_id][0] == "applied"]
        connection.execute(
            "UPDATE proposal SET decided_by = gen_random_uuid(), decided_at = %(instant)s,"
            " state = CASE WHEN proposal_id = ANY (%(applied)s) THEN 'approved' ELSE 'rejected' END,"
            " outcome = CASE WHEN proposal_id = ANY (%(applied)s) THEN '{}'::jsonb END WHERE proposal_id = ANY (%(ids)s)",
            {"instant": instant, "applied": applied, "ids": list(proposal_ids)})
    assert len(rows) == len(proposal_ids)
    return [done[proposal_id] for proposal_id in proposal_ids]


def reverse(connection, person_key, contribution_id, pool_code, **keywords):
    proposal_id = propose(connection, "reverse_contribution", person_key, contribution_id, pool_code)
    return apply(connection, "reverse_contribution", proposal_id, **keywords)[0]


def merge(connection, survivor, duplicate, **keywords):
    """Both have person_key and person_id."""
    proposal_id = propose(connection, "merge_people", survivor.person_key, duplicate.person_id)
    return apply(connection, "merge_people", proposal_id, **keywords)[0]


def contribution(connection, account, **fields):
    """The id of the one contribution of the account's person with these fields."""
    where = "".join(f" AND {name} = %s" for name in fields)
    ((found,),) = connection.execute(
        f"SELECT contribution_id FROM contribution WHERE person_key = %s{where}",
        [account.person_key, *fields.values()]).fetchall()
    return found
