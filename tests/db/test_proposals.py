"""Proposals in SQL: who decides, once; poisonous members hurt nobody; a kind without a function disturbs no other."""
# SPDX-License-Identifier: Apache-2.0
import threading
import time
import uuid

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.db.posting import INSTANT, Account, make_id

INSERT = """
SELECT status FROM proposal_insert(%s, 'propose_account_status', %s::text[], %s::uuid[], %s::bigint[], %s::uuid[], %s::text[],
    %s::jsonb[], %s::text[], %s::uuid[], %s::timestamptz[], %s::uuid[], %s::text[]) ORDER BY ord
"""
APPROVE = """
SELECT status FROM proposal_approve(%s::uuid[], %s::text[], %s::uuid[], %s::timestamptz[], %s::timestamptz[], %s::uuid[],
    %s::text[]) ORDER BY ord
"""
CLOSE = """
SELECT status FROM proposal_close(%s::uuid[], %s::text[], %s::text[], %s::uuid[], %s::text[], %s::timestamptz[],
    %s::uuid[], %s::text[]) ORDER BY ord
"""
OPERATOR, REVIEWER, OTHER = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
LONG = "x" * 2001
OF_TEST = "reverse_contribution"


def proposal(account, **changes):
    return {"status": "proposed", "proposal_id": make_id(account.person_key), "person_key": account.person_key,
            "object_id": account.account_id, "pool_code": account.pool_code,
            "payload": {"changes": []}, "reason": "because", "proposed_by": OPERATOR, "instant": INSTANT,
            "event_id": uuid.uuid4(), "request_id": "r" * 16, **changes}


def insert(connection, rows, kind="change_account_status"):
    def column(name):
        return [Jsonb(r[name]) if name == "payload" and r[name] is not None else r[name] for r in rows]

    return [status for (status,) in connection.execute(INSERT, [kind, *(column(name) for name in rows[0])])]


def decision(proposal_id, **changes):
    return {"proposal_id": proposal_id, "visible": None, "decided_by": REVIEWER, "decided_at": INSTANT,
            "instant": INSTANT, "event_id": uuid.uuid4(), "request_id": "r" * 16, **changes}


def approve(connection, rows):
    return [s for (s,) in connection.execute(APPROVE, [[r[name] for r in rows] for name in rows[0]])]


def closing(proposal_id, state="rejected", decided_by=REVIEWER, **changes):
    return {"proposal_id": proposal_id, "visible": None, "state": state, "decided_by": decided_by, "reason": "no",
            "instant": INSTANT, "event_id": uuid.uuid4(), "request_id": None, **changes}


def close(connection, rows):
    return [s for (s,) in connection.execute(CLOSE, [[r[name] for r in rows] for name in rows[0]])]


@pytest.fixture
def runtime(cluster, migrated):
    with cluster.connect(migrated.database, "owner", options="-c role=yibao_app") as connection:
        yield connection


@pytest.fixture
def accounts(owner):
    return [Account().insert_owner(owner).insert(owner) for _ in range(4)]


@pytest.fixture
def kind_of_test(owner):
    """A kind whose function notes what it was called with, and does as the payload says."""
    owner.execute("CREATE TABLE call_of_test (number bigint GENERATED ALWAYS AS IDENTITY, ids uuid[], actors uuid[])")
    owner.execute("GRANT SELECT, INSERT ON call_of_test TO yibao_app")
    owner.execute("""
        CREATE OR REPLACE FUNCTION proposal_apply_reverse_contribution(
            proposal_ids uuid[], instant timestamptz, actors uuid[], request_ids text[])
        RETURNS TABLE (proposal_id uuid, status text, outcome jsonb) LANGUAGE sql VOLATILE AS $$
        INSERT INTO call_of_test (ids, actors) VALUES (proposal_ids, actors);
        SELECT proposal.proposal_id, payload ->> 'do', jsonb_build_object('did', payload ->> 'do')
        FROM proposal WHERE proposal.proposal_id = ANY (proposal_ids) AND payload ->> 'do' <> 'say nothing'
        $$""")


def state_of(connection, proposal_id):
    return connection.execute("SELECT state, decided_by, outcome FROM proposal WHERE proposal_id = %s", [proposal_id]).fetchone()


def acts(account, do="applied", **changes):
    return proposal(account, object_id=uuid.uuid4(), payload={"do": do}, **changes)


POISON = [
    {"proposal_id": None}, {"status": None}, {"pool_code": "62%"}, {"pool_code": ""},
    {"payload": None}, {"payload": []}, {"payload": "text"}, {"payload": 1}, {"reason": ""}, {"reason": None},
    {"reason": LONG}, {"proposed_by": None}, {"instant": None}, {"event_id": None}, {"request_id": "r" * 65},
]


def test_poisonous_proposals_hurt_nobody(runtime, accounts):
    good = [proposal(a) for a in accounts]
    rows = [proposal(accounts[0], object_id=uuid.uuid4(), **poison) for poison in POISON]
    rows[1:1], rows[9:9] = good[:2], good[2:]
    expected = ["proposed" if r in good else "malformed" for r in rows]
    assert insert(runtime, rows) == expected
    assert runtime.execute("SELECT count(*) FROM proposal").fetchone() == (4,)
    assert runtime.execute("SELECT count(*) FROM audit_event WHERE action = 'propose_account_status'").fetchone() == (4,)


def test_the_same_thing_is_not_proposed_twice_at_once(runtime, accounts):
    first, second = (proposal(accounts[0]) for _ in range(2))
    other_object = proposal(accounts[1])
    nothing = [proposal(accounts[0], object_id=None) for _ in range(2)]
    refused = proposal(accounts[2], status="not_allowed_in_status")
    rows = [first, second, refused, other_object, *nothing]
    for _ in range(2):
        assert insert(runtime, rows) == [
            "proposed", "already_exists", "not_allowed_in_status", "proposed", "proposed", "proposed"]
    assert insert(runtime, [proposal(accounts[0])], "correct_person") == ["proposed"]
    assert runtime.execute("SELECT count(*) FROM audit_event").fetchone() == (5,), "executed again, recorded once"
    assert close(runtime, [closing(first["proposal_id"])]) == ["done"]
    assert insert(runtime, [second]) == ["proposed"], "free again once it is decided"


def test_decisions_in_one_batch(runtime, accounts, kind_of_test):
    a, b, c, d = accounts
    rows = [acts(a), acts(a), acts(b, "not_allowed_in_status"), acts(c, "say nothing"), acts(d, "nonsense")]
    assert set(insert(runtime, rows, OF_TEST)) == {"proposed"}
    rows.append(proposal(a, person_key=None, object_id=uuid.uuid4()))
    assert insert(runtime, rows[-1:], "post_import") == ["proposed"]
    ids = [r["proposal_id"] for r in rows]
    assert approve(runtime, [
        decision(ids[1]), decision(ids[0], decided_by=OTHER), decision(ids[0]), decision(ids[0], decided_by=OPERATOR),
        decision(ids[2]), decision(ids[3]), decision(ids[4]), decision(ids[5]), decision(uuid.uuid4()),
        decision(None), decision(ids[1], event_id=None), decision(ids[1], visible="110000"), decision(ids[1]),
        decision(ids[1], decided_by=None), decision(ids[1], request_id="r" * 65), decision(ids[1], instant=None),
    ]) == [
        "done", "done", "already_decided", "proposer_cannot_decide", "not_allowed_in_status", "conflict", "conflict",
        "conflict", "absent", "absent", "malformed", "absent", "done", "malformed", "malformed", "malformed",
    ]
    assert state_of(runtime, ids[0]) == ("approved", OTHER, {"did": "applied"})
    assert [state_of(runtime, i)[0] for i in ids] == ["approved"] * 2 + ["open"] * 4
    calls = runtime.execute("SELECT ids, actors FROM call_of_test ORDER BY number").fetchall()
    first, second = sorted(ids[:2])
    assert [sorted(call[0]) for call in calls] == [sorted([first, ids[2], ids[3], ids[4]]), [second]]
    assert calls[1][1] == [OTHER if second == ids[0] else REVIEWER]
    events = runtime.execute("SELECT object_id, actor_id, detail ->> 'repeated' FROM audit_event WHERE action = 'approve_proposal'")
    assert sorted(events) == sorted([(ids[1], REVIEWER, "false"), (ids[1], REVIEWER, "true"), (ids[0], OTHER, "false")])


def test_after_a_lost_connection_it_is_done_once(runtime, accounts, kind_of_test):
    row = acts(accounts[0])
    insert(runtime, [row], OF_TEST)
    call = decision(row["proposal_id"])
    assert approve(runtime, [call]) == approve(runtime, [call]) == ["done"]
    assert runtime.execute("SELECT count(*) FROM call_of_test").fetchone() == (1,)
    assert runtime.execute("SELECT count(*) FROM audit_event WHERE action = 'approve_proposal'").fetchone() == (1,)


def test_two_reviewers_at_once(cluster, migrated, runtime, owner, accounts, kind_of_test):
    row = acts(accounts[0])
    insert(runtime, [row], OF_TEST)
    answers = {}

    def second():
        with cluster.connect(migrated.database, "owner") as connection:
            answers["second"] = approve(connection, [decision(row["proposal_id"], decided_by=OTHER)])

    with owner.transaction():
        answers["first"] = approve(owner, [decision(row["proposal_id"])])
        thread = threading.Thread(target=second)
        thread.start()
        while not runtime.execute("SELECT FROM pg_locks WHERE NOT granted").fetchall():
            time.sleep(0.01)
    thread.join()
    assert answers == {"first": ["done"], "second": ["already_decided"]}
    assert runtime.execute("SELECT count(*) FROM call_of_test").fetchone() == (1,)


def test_rejecting_and_withdrawing(runtime, accounts):
    rows = [proposal(account) for account in accounts]
    insert(runtime, rows)
    ids = [r["proposal_id"] for r in rows]
    mine = {"state": "withdrawn", "decided_by": OPERATOR, "reason": None}
    assert close(runtime, [
        closing(ids[0]), closing(ids[0], decided_by=OTHER), closing(ids[1], decided_by=OPERATOR), closing(ids[1], **mine),
        closing(ids[2], "withdrawn"), closing(ids[2], visible="110000"), closing(ids[3], "approved"), closing(None),
        closing(ids[3], reason=LONG), closing(ids[3], decided_by=None), closing(ids[3], event_id=None),
        closing(ids[0], **mine),
    ]) == ["done", "already_decided", "proposer_cannot_decide", "done", "not_own", "absent", "malformed", "absent",
           "malformed", "malformed", "malformed", "already_decided"]
    assert [state_of(runtime, i)[0] for i in ids] == ["rejected", "withdrawn", "open", "open"]
    assert approve(runtime, [decision(ids[0]), decision(ids[1])]) == ["already_decided"] * 2
    assert close(runtime, [closing(ids[0])]) == ["done"], "the same again"


def test_what_was_proposed_never_changes(runtime, accounts):
    row = proposal(accounts[0])
    insert(runtime, [row])
    for column in ("proposal_id", "kind", "person_key", "object_id", "payload", "reason", "proposed_by", "proposed_at"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            runtime.execute(f"UPDATE proposal SET {column} = {column}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        runtime.execute("DELETE FROM proposal")
    with pytest.raises(psycopg.errors.CheckViolation):
        runtime.execute("UPDATE proposal SET state = 'approved', decided_by = proposed_by, decided_at = now(), outcome = '{}'")


def test_a_number_may_go_but_never_comes_to_mean_somebody_else(runtime, accounts):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        runtime.execute("UPDATE person_identifier SET person_key = person_key")
