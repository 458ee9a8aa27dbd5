"""One member of a batch is poison: it is told so, and the 63 good ones next to it all succeed."""
# SPDX-License-Identifier: Apache-2.0
import threading
import time

import pytest
from tests.harness import charges
from tests.harness.problems import check_problem
from tests.harness.server import wait_until
from tests.http.charging import ChargingStand

GOOD = 63
LARGEST = 9007199254740991


@pytest.fixture(scope="module")
def stand(own_database, tmp_path_factory):
    with ChargingStand(own_database, tmp_path_factory.mktemp("poison") / "server.log") as stand:
        yield stand


@pytest.fixture(scope="module")
def accounts(stand):
    return stand.accounts(GOOD, 1_000_000)


@pytest.fixture(scope="module")
def provider(stand):
    made = stand.provider()
    stand.ask(path=charges.CHARGES, by=made)  # its token is known
    return made


@pytest.fixture
def good(stand, accounts, provider):
    return [stand.charge(provider, account_id) for account_id in accounts]


def send(stand, questions):
    """In one batch: the table is locked while they arrive."""
    return stand.ask_all_in_one_batch(questions, table="idempotency_key")


def check_good(answers):
    assert [answer.status_code for answer in answers] == [201] * GOOD, {a.text for a in answers if a.status_code != 201}
    assert all("idempotent-replayed" not in answer.headers for answer in answers)


def test_they_travel_together(stand, good):
    with stand.sql() as connection:
        commits = "SELECT count(DISTINCT xmin::text) FROM charge WHERE charge_no = ANY (%s)"
        check_good(send(stand, good))
        (count,) = connection.execute(commits, [[one["json"]["charge_no"] for one in good]]).fetchone()
    assert count <= 3


def test_the_same_key(stand, good):
    answers = send(stand, [*good, good[0], good[0]])
    assert [answer.status_code for answer in answers] == [201] * (GOOD + 2)
    same = [answers[0], *answers[GOOD:]]
    assert len({answer.content for answer in same}) == 1
    assert sorted(answer.headers.get("idempotent-replayed", "") for answer in same) == ["", "true", "true"]


def test_the_same_key_with_other_content(stand, good):
    other = {**good[0], "json": {**good[0]["json"], "amount_fen": 101}}
    *answers, last = send(stand, [*good, other])
    codes = sorted(answer.json().get("code", "created") for answer in (answers[0], last))
    assert codes == ["created", "idempotency_key_reused"]
    check_good([*(a for a in (answers[0], last) if a.status_code == 201), *answers[1:]])


def test_the_same_number(stand, good, provider):
    (account_id,) = stand.accounts(1)
    poison = stand.charge(provider, account_id, charge_no=good[0]["json"]["charge_no"])
    *answers, last = send(stand, [*good, poison])
    codes = sorted(answer.json().get("code", "created") for answer in (answers[0], last))
    assert codes == ["charge_number_used", "created"]
    check_good([*(a for a in (answers[0], last) if a.status_code == 201), *answers[1:]])


def test_the_same_account(stand, good, provider, accounts):
    before = stand.balance_of(accounts[0])
    answers = send(stand, [*good, *(stand.charge(provider, accounts[0]) for _ in range(5))])
    assert [answer.status_code for answer in answers] == [201] * (GOOD + 5)
    assert stand.balance_of(accounts[0]) == before - 600


def test_a_locked_account_holds_up_nobody(stand, good, provider):
    """While another transaction has it, the good ones are answered; so is it, with the truth, and when it is free, it is charged."""
    (account_id,) = stand.accounts(1)
    poison = stand.charge(provider, account_id)
    found = []
    with stand.holding(account_id):
        waiting = threading.Thread(target=lambda: found.append(stand.ask(**poison)))
        waiting.start()
        for _ in range(3):
            check_good(stand.ask_all(stand.anew(good)))
        assert found == []
        waiting.join()
    check_problem(found[0], 503)
    assert int(found[0].headers["retry-after"]) >= 1
    assert stand.balance_of(account_id) == 10_000
    assert stand.ask(**poison).status_code == 201


def test_who_waits_for_an_account_gets_it(stand, provider):
    """Held for longer than a batch may look again: it waits by itself, and is charged as soon as the account is free."""
    (account_id,) = stand.accounts(1)
    questions = [stand.charge(provider, account_id) for _ in range(8)]
    found = []
    with stand.holding(account_id):
        waiting = threading.Thread(target=lambda: found.extend(stand.ask_all(questions)))
        waiting.start()
        with stand.sql() as connection:
            waits = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%charge_create%'"
            wait_until(lambda: connection.execute(waits).fetchall(), "somebody to wait")
    waiting.join()
    assert [answer.status_code for answer in found] == [201] * 8
    assert stand.balance_of(account_id) == 9_200


def test_what_came_too_late_is_not_done_later(own_database, tmp_path):
    """PostgreSQL does nothing for longer than a write may take: who is told so is not charged when it goes on."""
    with ChargingStand(own_database, tmp_path / "server.log", YIBAO_WRITE_TIMEOUT_MS="1000") as stand:
        provider, accounts = stand.provider(), stand.accounts(30)
        stand.ask(path=charges.CHARGES, by=provider)
        questions = [stand.charge(provider, account_id) for account_id in accounts]
        with stand.database.outage("frozen"):
            answers = stand.ask_all(questions)
        codes = {check_problem(answer, 503)["code"] for answer in answers}
        assert codes <= {"deadline_exceeded", "database_unavailable", "outcome_unknown"}
        wait_until(lambda: stand.server.ready_status() == 200, "/readyz to say 200 again", 60)
        with stand.sql() as connection:
            wait_until(lambda: not connection.execute(
                "SELECT FROM pg_stat_activity WHERE query LIKE '%charge_create(%' AND state = 'active' AND pid <> pg_backend_pid()"
            ).fetchall(), "the last of them to end")
        for answer, account_id in zip(answers, accounts):
            if answer.json()["code"] != "outcome_unknown":
                assert stand.balance_of(account_id) == 10_000
        assert {stand.insist(question).status_code for question in questions} == {201}
        assert {stand.balance_of(account_id) for account_id in accounts} == {9_900}


def test_many_on_locked_accounts_hold_up_neither_charges_nor_reports(stand, provider, accounts):
    """Whatever is asked of accounts that are locked, everything else goes on, and the processor is not kept busy."""
    locked = stand.accounts(20)
    found = []
    with stand.sql() as connection, connection.transaction():
        connection.execute("SELECT FROM account WHERE account_id = ANY (%s::uuid[]) FOR NO KEY UPDATE", [locked])
        waiting = threading.Thread(target=lambda: found.extend(stand.ask_all([stand.charge(provider, one) for one in locked])))
        waiting.start()
        deferred = stand.metric("yibaod_lane_members_deferred_total")
        began = time.monotonic()
        rounds = 0
        while waiting.is_alive():
            assert stand.ask(**stand.charge(provider, accounts[rounds % GOOD])).status_code == 201
            assert stand.ask(path=charges.CHARGES, by=provider).status_code == 200
            rounds += 1
        lasted_s = time.monotonic() - began
        assert rounds >= 5
        # Each pauses 50 ms or waits: far from what a loop without rest would do.
        assert stand.metric("yibaod_lane_members_deferred_total") - deferred < 20 * (10 + 25 * lasted_s)
    for answer in found:
        check_problem(answer, 503)


@pytest.mark.parametrize(("status", "code"), [("frozen", "account_frozen"), ("deceased", "account_deceased")])
def test_an_account_that_may_not_pay(stand, good, provider, status, code):
    (account_id,) = stand.accounts(1)
    with stand.sql() as connection:
        charges.set_status(connection, account_id, status)
    *answers, last = send(stand, [*good, stand.charge(provider, account_id)])
    check_problem(last, 409, code)
    check_good(answers)


def test_an_amount_past_every_balance(stand, good, provider):
    (account_id,) = stand.accounts(1)
    *answers, last = send(stand, [*good, stand.charge(provider, account_id, LARGEST)])
    check_problem(last, 409, "insufficient_balance")
    check_good(answers)


def test_an_account_of_nobody(stand, good, provider):
    *answers, last = send(stand, [*good, stand.charge(provider, "018f3a52-7c01-7a11-9d3c-5b1f0a2e4c68")])
    check_problem(last, 404, "not_found")
    check_good(answers)


def test_an_institution_that_is_gone(stand, good, accounts):
    gone = stand.provider()
    stand.ask(path=charges.CHARGES, by=gone)
    (account_id,) = stand.accounts(1)
    with stand.sql() as connection, charges.undesignated(connection, gone):
        *answers, last = send(stand, [*good, stand.charge(gone, account_id)])
    check_problem(last, 403, "provider_not_designated")
    check_good(answers)


def test_a_member_that_raises(stand, good, provider):
    """A bug, in other words: who is at fault is found, and only that one is answered 500."""
    (account_id,) = stand.accounts(1)
    poison = stand.charge(provider, account_id)
    number = poison["json"]["charge_no"]
    with stand.new_charges_raise(f"IF NEW.charge_no = '{number}' THEN RAISE 'poison'; END IF;"):
        *answers, last = send(stand, [*good, poison])
    check_problem(last, 500, "internal_error")
    check_good(answers)
    assert stand.balance_of(account_id) == 10_000
    assert stand.ask(**poison).status_code == 201


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_conflicts_are_not_seen_outside(stand, good, sqlstate):
    """Every 150th row; a sequence counts on when its transaction is rolled back."""
    retried = stand.metric("yibaod_lane_batches_retried_total")
    with stand.sql() as connection:
        connection.execute("CREATE SEQUENCE IF NOT EXISTS test_conflicts; GRANT USAGE ON test_conflicts TO yibao_app")
    conflict = f"IF nextval('test_conflicts') % 150 = 0 THEN RAISE 'conflict' USING ERRCODE = '{sqlstate}'; END IF;"
    with stand.new_charges_raise(conflict):
        check_good(send(stand, good))
        for _ in range(5):
            check_good(stand.ask_all(stand.anew(good)))
    assert stand.metric("yibaod_lane_batches_retried_total") > retried


def test_dry_runs_among_the_good_ones(stand, good, provider, accounts):
    """They travel elsewhere, also when they fail there, and the connection goes on."""
    before = stand.balance_of(accounts[0])
    tried = [{**stand.charge(provider, accounts[0], fen), "path": f"{charges.CHARGES}?dry_run=true"} for fen in (100, LARGEST)]
    with stand.new_charges_raise("IF NEW.amount_fen = 77 THEN RAISE 'poison'; END IF;"):
        poison = {**stand.charge(provider, accounts[0], 77), "path": f"{charges.CHARGES}?dry_run=true"}
        *answers, one, two, three = send(stand, [*good, *tried, poison])
    check_good(answers)
    assert one.status_code == 201
    check_problem(two, 409, "insufficient_balance")
    check_problem(three, 500, "internal_error")
    assert stand.balance_of(accounts[0]) == before - 100
    assert [stand.ask(**question).status_code for question in (tried[0], tried[0], tried[0])] == [201] * 3
    assert stand.balance_of(accounts[0]) == before - 100
