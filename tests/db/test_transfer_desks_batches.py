"""Decisions of desks as batches: each step, poisonous members, what is locked elsewhere, payouts, races for one balance."""
# SPDX-License-Identifier: Apache-2.0
import threading
import uuid

import pytest

from tests.db.charging import add_provider, charge, create, statuses
from tests.db.posting import INSTANT, POOL, Account
from tests.db.transferring import (DAY, FAR, IN, OUT, OUT_TWO, Decision, accounts, apply, bring, decide, enrolments,
                                   entries, hand_in, row, step)
from tests.harness.server import wait_until

STATES = {"transfer": ["submitted", "checked_out", "checked_in", "out_review", "in_review", "completed", "rejected", "cancelled"],
          "transfer_payout": ["submitted", "out_review", "paying", "completed", "rejected", "cancelled"]}


def timeline(connection, moving):
    return connection.execute("SELECT event, to_state, who, actor_id, reason_code, note FROM state_change WHERE "
                              "object_id = %s ORDER BY seq",
                              [moving.transfer_id]).fetchall()


@pytest.mark.parametrize("machine,state", [(machine, state) for machine, states in STATES.items() for state in states])
def test_what_is_not_in_the_table_is_told_what_is(superuser, machine, state):
    """Both desks, both decisions: each is taken where state_step has it, and else answered with state and what is possible."""
    steps = superuser.execute("SELECT event, next_state, who FROM state_step WHERE machine = %s AND state = %s",
                              [machine, state]).fetchall()
    possible = sorted(event for event, _, who in steps if who != ["system"])
    for desk in ("out", "in"):
        for decision in ("approve", "refuse"):
            moving = apply(superuser, *(("payout", "540000") if machine == "transfer_payout" else ()))
            if state == "in_review":
                bring(superuser, moving, state)
            superuser.execute("UPDATE transfer SET state = %s WHERE transfer_id = %s", [state, moving.transfer_id])
            events = {"refuse"} if decision == "refuse" else {"out": {"check_out", "move_out"}, "in": {"check_in", "take_in"}}[desk]
            allowed = [(event, after) for event, after, who in steps if event in events and f"{desk}_desk" in who]
            (answer,) = decide(superuser, Decision(moving, desk, decision))
            if not allowed:
                assert (answer[0], answer[2]) == ("not_possible_now", {"state": state, "possible": possible})
            else:
                assert (answer[0], answer[2]["event"], answer[2]["state"]) == ("done", *allowed[0])


def test_the_timeline_has_who_and_why(superuser):
    moving = bring(superuser, apply(superuser), "out_review")
    assert step(superuser, moving, "out", "refuse", reason_code="no_such_person", note="查无此人") == "done"
    assert timeline(superuser, moving)[1:] == [
        ("check_out", "checked_out", "out_desk", OUT, None, None), ("check_in", "out_review", "in_desk", IN, None, None),
        ("refuse", "rejected", "out_desk", OUT, "no_such_person", "查无此人")]
    events = superuser.execute("SELECT event ->> 'event', event ->> 'pool_code' FROM outbox WHERE kind = 'event' AND"
                               " event ->> 'object_id' = %s ORDER BY outbox_id", [str(moving.transfer_id)]).fetchall()
    assert events == [("transfer.checked_out", POOL), ("transfer.out_review", FAR), ("transfer.rejected", POOL)]


def test_the_clock_of_each_desk(superuser):
    moving = apply(superuser)
    due = []
    for desk in ("out", "in", "out"):  # INSTANT is Monday, 5 January 2026
        assert step(superuser, moving, desk, instant=INSTANT) == "done"
        due.append(row(superuser, moving)["due_on"].isoformat())
    assert due == ["2026-01-12", "2026-01-19", "2026-01-12"], "5, 10 and 5 working days"


def test_a_batch_with_members_that_no_client_sends(superuser):
    """Each is judged for itself; none raises, and the good ones are done."""
    good, other, third = (apply(superuser) for _ in range(3))
    absent = type(good)(Account(), uuid.uuid4(), Account().account_id)
    stray = type(good)(Account(), uuid.uuid4(), good.transfer_id)
    bare = apply(superuser, documents=False)
    hand_in(superuser, bare, "citizen_id")
    first = Decision(good, "out")
    members = [
        (first, "done"), (Decision(good, "in"), "deferred"), (Decision(other, "out", key=first.key, content=first.key), "deferred"),
        (Decision(absent, "out"), "not_found"), (Decision(stray, "out"), "not_found"), (Decision(bare, "in"), "documents_missing"),
        (Decision(third, "sideways"), "malformed"), (Decision(apply(superuser), "in", "perhaps"), "malformed"),
        (Decision(apply(superuser), "in", "refuse", reason_code="Not A Code", note="x"), "malformed"),
        (Decision(apply(superuser), "in", "refuse", reason_code="x", note=""), "malformed"),
        (Decision(apply(superuser), "in", "refuse", reason_code="x", note="姓" * 700), "malformed"),
        (Decision(apply(superuser), "in", "approve", reason_code="x"), "malformed"),
        (Decision(apply(superuser), "in", moves_on="2026-02-01"), "malformed"),
        (Decision(apply(superuser), "in", visible="620500"), "not_found"), (Decision(apply(superuser), "out", visible=""), "not_found"),
        (Decision(apply(superuser), "in", visible="62%,44%"), "done"),
        (Decision(bring(superuser, apply(superuser), "in_review"), "in"), "done"),
        (Decision(apply(superuser), "in", actor_id=OUT), "done"),
        (Decision(bring(superuser, apply(superuser), "checked_out"), "in", actor_id=OUT), "reviewer_cannot_decide")]
    answers = decide(superuser, *[member for member, _ in members])
    assert [status for status, _, _ in answers] == [expected for _, expected in members]
    kept = superuser.execute("SELECT count(*) FROM idempotency_key WHERE operation = 'decide_transfer' AND key = ANY (%s)",
                             [[member.key for member, _ in members]]).fetchone()
    assert kept == (6,), "what is done, and what is refused for good"
    assert [a[:2] for a in decide(superuser, first, Decision(other, "out", key=first.key, content="another"))] == [
        ("done", True), ("deferred", False)]
    assert decide(superuser, Decision(other, "out", key=first.key, content="another"))[0][0] == "idempotency_key_reused"


def test_the_same_key_is_answered_as_it_was(superuser):
    moving = bring(superuser, apply(superuser), "out_review")
    asked = Decision(moving, "out")
    ((status, replayed, outcome),) = decide(superuser, asked)
    assert (status, replayed, outcome["amount_fen"]) == ("done", False, 5700)
    assert step(superuser, moving, "in") == "done"
    assert decide(superuser, asked) == [("done", True, outcome)]
    assert len(entries(superuser, moving)) == 4


@pytest.mark.parametrize("table,where", [("transfer", "transfer_id = %(transfer)s"), ("person", "person_key = %(person)s"),
                                         ("account", "account_id = %(account)s")])
def test_what_somebody_else_has_is_put_off(cluster, migrated, superuser, table, where):
    """It waits for nobody, and the others go on; alone it waits."""
    moving, free = (bring(superuser, apply(superuser), "out_review") for _ in range(2))
    values = {"transfer": moving.transfer_id, "person": moving.person_key, "account": moving.account.account_id}
    with cluster.connect(migrated.database) as holder:
        with holder.transaction():
            holder.execute(f"SELECT FROM {table} WHERE {where} FOR NO KEY UPDATE", values)
            answers = decide(superuser, Decision(moving, "out"), Decision(free, "out"))
            assert [answer[0] for answer in answers] == ["deferred", "done"]
    assert decide(superuser, Decision(moving, "out"), waits=True)[0][0] == "done"


def test_a_payout_becomes_a_withdrawal(superuser):
    for ending, state, status, enrolled in (("paid", "completed", "spend_only", "ended"), ("returned", "rejected", "active", "active")):
        moving = apply(superuser, "payout", "540000")
        assert [step(superuser, moving, "out", actor_id=actor) for actor in (OUT, OUT, OUT_TWO)] == [
            "done", "reviewer_cannot_decide", "done"], "no other desk looks at it"
        paying = row(superuser, moving)
        assert (paying["state"], paying["amount_fen"], paying["due_on"]) == ("paying", 5700, None)
        made = superuser.execute("SELECT state, reason, payee_kind, amount_fen, transfer_id FROM withdrawal WHERE withdrawal_id = %s",
                                 [paying["withdrawal_id"]]).fetchone()
        assert made == ("approved", "destination_not_connected", "person", 5700, moving.transfer_id)
        assert accounts(superuser, moving) == {POOL: ("spend_only", 0, 0)} and enrolments(superuser, moving)[POOL][0] == "ended"
        superuser.execute("SELECT transfer_payout_settle(%s, %s, %s, %s)",
                          [[moving.person_key], [moving.transfer_id], [ending], [INSTANT + 2 * DAY]])
        over = row(superuser, moving)
        assert (over["state"], over["ended_at"]) == (state, INSTANT + 2 * DAY)
        assert accounts(superuser, moving)[POOL][0] == status and enrolments(superuser, moving)[POOL][0] == enrolled
        assert timeline(superuser, moving)[-1][:4] == ({"paid": "pay", "returned": "return"}[ending], state, "system", None)
        superuser.execute("SELECT transfer_payout_settle(%s, %s, %s, %s)",
                          [[moving.person_key], [moving.transfer_id], [ending], [INSTANT + 2 * DAY]])
        assert row(superuser, moving) == over, "told again it does nothing"


def test_a_payout_of_nothing_is_over_at_once(superuser):
    moving = apply(superuser, "payout", "540000", current_year_fen=0, carried_over_fen=0)
    assert step(superuser, moving, "out") == "done"
    (answer,) = decide(superuser, Decision(moving, "out", actor_id=OUT_TWO))
    assert (answer[0], answer[2]["state"], answer[2]["amount_fen"]) == ("done", "completed", 0)
    assert [event for event, *_ in timeline(superuser, moving)] == ["submit", "check_out", "move_out", "pay"]


def test_withdrawals_and_wallets_in_flight_hold_it_up(superuser):
    moving = bring(superuser, apply(superuser), "out_review")
    superuser.execute(
        "INSERT INTO wallet_transfer (person_key, receiver_person_key, amount_fen, current_year_fen, carried_over_fen, created_at,"
        " returns_at, business_date, wallet_transfer_id, account_id, receiver_id, family_member_id, pool_code, state)"
        " VALUES (%s, 1, 5, 5, 0, %s, %s, %s, gen_random_uuid(), %s, gen_random_uuid(), gen_random_uuid(), %s, 'pending')",
        [moving.person_key, INSTANT, INSTANT + DAY, INSTANT.date(), moving.account.account_id, POOL])
    assert step(superuser, moving, "out") == "account_has_holds"
    superuser.execute("DELETE FROM wallet_transfer")
    superuser.execute(
        "INSERT INTO withdrawal (person_key, created_at, changed_at, withdrawal_id, person_id, account_id, pool_code, reason, state,"
        " payee_kind, bank_card_sealed, payee_name_sealed) VALUES (%s, %s, %s, gen_random_uuid(), %s, %s, %s, 'emigration', 'submitted',"
        " 'person', %s, %s)", [moving.person_key, INSTANT, INSTANT, moving.account.person_id, moving.account.account_id, POOL,
                               bytes(40), bytes(40)])
    assert step(superuser, moving, "out") == "withdrawal_under_way"
    superuser.execute("DELETE FROM withdrawal")
    assert step(superuser, moving, "out") == "done"


def together(*tasks):
    """Their results, begun at the same instant."""
    gate, results = threading.Barrier(len(tasks)), [None] * len(tasks)

    def run(place, task):
        gate.wait()
        results[place] = task()

    threads = [threading.Thread(target=run, args=(place, task)) for place, task in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def again_until_settled(ask):
    """As the lane does with what was deferred."""
    for _ in range(1000):
        status = ask()
        if status not in ("deferred", "request_in_progress"):
            return status
    raise AssertionError("deferred for ever")


def test_owner_relatives_and_the_desk_race_for_one_balance(cluster, migrated, superuser):
    """Charges of 500 from 5700 fen against the decision to let go: what was charged and what left is all there was."""
    provider_id = add_provider(superuser)
    for _ in range(8):
        moving = bring(superuser, apply(superuser), "out_review")

        def spend():
            with cluster.connect(migrated.database) as connection:
                return [again_until_settled(lambda one=charge(moving.account, provider_id, 500, INSTANT + DAY):
                                            statuses(create(connection, one))[0]) for _ in range(5)]

        def let_go():
            with cluster.connect(migrated.database) as connection:
                asked = Decision(moving, "out")
                return again_until_settled(lambda: decide(connection, asked)[0][0])

        spent, more, gone = together(spend, spend, let_go)
        assert gone == "done" and set(spent + more) <= {"created", "account_closed"}
        assert accounts(superuser, moving) == {POOL: ("closed", 0, 0)}
        assert row(superuser, moving)["amount_fen"] == 5700 - 500 * (spent + more).count("created")


def test_one_of_two_decisions(cluster, migrated, superuser):
    """Taken in or refused, never both: the money is where the state says."""
    for _ in range(8):
        moving = bring(superuser, apply(superuser), "in_review")

        def ask(decision):
            with cluster.connect(migrated.database) as connection:
                asked = Decision(moving, "in", decision, actor_id=uuid.uuid4())
                return again_until_settled(lambda: decide(connection, asked)[0][0])

        answers = together(lambda: ask("approve"), lambda: ask("refuse"))
        assert sorted(answers) == ["done", "not_possible_now"]
        state = row(superuser, moving)["state"]
        assert accounts(superuser, moving) == {
            "completed": {POOL: ("closed", 0, 0), FAR: ("active", 5000, 700)}, "rejected": {POOL: ("active", 5000, 700)}}[state]


def test_a_cancellation_that_waits_for_a_transfer_holds_no_account(cluster, migrated, superuser):
    """Whoever settles a payout has the transfer first and the account then: nobody waits for them the other way round."""
    moving = bring(superuser, apply(superuser), "in_review")
    with cluster.connect(migrated.database) as settling, cluster.connect(migrated.database) as cancelling:
        with settling.transaction():
            settling.execute("SELECT FROM transfer WHERE transfer_id = %s FOR NO KEY UPDATE", [moving.transfer_id])
            answers = []
            thread = threading.Thread(target=lambda: answers.append(cancelling.execute(
                "SELECT status FROM transfer_cancel(%s, %s, '{NULL}'::text[], '{person}', '{citizen}', %s, '{x}', %s, '{key-12345678}',"
                " ARRAY[sha256('x')], %s, '{request}', %s, '{sha256}', '{true}')",
                [[moving.transfer_id], [moving.person_key], [moving.account.person_id], [INSTANT + 2 * DAY], [uuid.uuid4()],
                 [INSTANT + 2 * DAY]]).fetchone()))
            thread.start()
            wait_until(lambda: superuser.execute("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname ="
                                                 " current_database()").fetchall(), "the cancellation to wait")
            settling.execute("SELECT FROM account WHERE account_id = %s FOR NO KEY UPDATE NOWAIT", [moving.account.account_id])
        thread.join(60)
    assert answers == [("done",)] and accounts(superuser, moving) == {POOL: ("active", 5000, 700)}
