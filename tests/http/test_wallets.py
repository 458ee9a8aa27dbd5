"""Wallets over HTTP: opened, sent to, accepted or not, with what both sides see of it; at once, and killed in between."""
# SPDX-License-Identifier: Apache-2.0
import random
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from tests.harness import charges
from tests.harness.database import Database
from tests.harness.problems import check_problem
from tests.harness.wallets import (Pair, Place, balance, end, ended, key, noon_of_tomorrow, open_wallet, opened, plant_member, send, sent,
                                   state)


@pytest.fixture(scope="module")
def database(cluster, tmp_path_factory):
    return Database(cluster, "wallets", tmp_path_factory.mktemp("wallets"))


@pytest.fixture(scope="module")
def place(database, servers, client_of):
    with servers.on(database) as start, psycopg.connect(database.url, autocommit=True) as sql:
        server = start({"YIBAO_REACTORS": "1", "YIBAO_TEST_CLOCK": noon_of_tomorrow()})
        yield Place(database, server, client_of(server), sql)


@pytest.fixture
def pair(place):
    """A sender with money, a receiver with a wallet, on a day of their own."""
    place.until(8)
    return Pair(place)


# --- the wallet -------------------------------------------------------------------------------------------------------


def test_a_wallet_is_opened_once_and_is_an_account_as_any(place):
    api, someone, key_ = place.api, place.person(), key()
    path = f"/v1/people/{someone.person_id}/wallet"
    before = api.get(path, by=someone).json()
    assert before["account_id"] is None and before["status"] is None and before["transfers_left_today"] == 3
    first = open_wallet(api, someone, headers=key_)
    assert first.status_code == 201
    again = open_wallet(api, someone, headers=key_)
    assert again.json() == first.json() and again.headers["idempotent-replayed"] == "true"
    check_problem(open_wallet(api, someone), 409, "already_exists")
    window, other = place.operator, place.person()
    used = key()
    assert open_wallet(api, other, by=window, headers=used).status_code == 201
    check_problem(open_wallet(api, someone, by=window, headers=used), 422, "idempotency_key_reused")
    check_problem(open_wallet(api, someone, headers={"Idempotency-Key": "short"}), 400)
    shown = api.get(path, by=someone).json()
    account_id = first.json()["account_id"]
    assert first.headers["location"] == f"/v1/accounts/{account_id}"
    assert (shown["account_id"], shown["status"], shown["balance_fen"], shown["quiet_from"], shown["quiet_until"], shown["returns_at"]) == (
        account_id, "spend_only", 0, "22:00", "06:00", "06:00")
    listed = {row["account_id"]: row for row in api.get(f"/v1/people/{someone.person_id}/accounts", by=someone).json()["data"]}
    assert (listed[account_id]["region_code"], listed[account_id]["region_name"], listed[account_id]["status"]) == (
        "000000", "医保钱包", "spend_only")
    for what in ("", "/balance", "/entries", "/statements", "/pending", "/wallet-transfers"):
        assert api.get(f"/v1/accounts/{account_id}{what}", by=someone).status_code == 200, what
    assert api.get(f"/v1/accounts/{account_id}/interest", by=someone, params={"year": 2026}).status_code == 200


def test_who_opens_a_wallet(place):
    api, someone, other = place.api, place.person(), place.person()
    check_problem(open_wallet(api, someone, by=other), 404, "not_found")
    elsewhere = place.token("staff", roles=["operator"], regions=["440100"])
    check_problem(open_wallet(api, someone, by=elsewhere), 404, "not_found")
    check_problem(open_wallet(api, someone, by=place.token("staff", roles=["auditor"], regions=["000000"])), 403, "forbidden")
    window = place.token("staff", roles=["operator"], regions=[someone.pool_code])
    assert open_wallet(api, someone, by=window).status_code == 201
    assert api.get(f"/v1/people/{someone.person_id}/wallet", by=window).json()["account_id"]
    told = api.get("/v1/me/access-log", by=someone, headers={"Accept-Language": "en"}).json()["data"]
    assert "Opened your wallet" in [event["text"] for event in told]


def test_a_guardian_opens_that_of_a_minor(place):
    api, sender, child, guardian = place.api, place.person(), place.person(), place.person()
    check_problem(open_wallet(api, child, by=guardian), 404, "not_found")
    plant_member(place.sql, sender, child, guardian=guardian)
    check_problem(open_wallet(api, child, by=guardian), 404, "not_found")  # of age by now
    place.sql.execute("UPDATE person SET birth_date = '2020-01-01' WHERE person_id = %s", [child.person_id])
    assert open_wallet(api, child, by=guardian).status_code == 201


# --- a transfer -------------------------------------------------------------------------------------------------------


def test_sent_and_accepted(place, pair):
    """Each side sees its own, the other's name masked, and the money is never in two places."""
    api, sender, receiver = place.api, pair.sender, pair.receiver
    response = send(api, sender, pair.member, 150_000)
    made = response.json()
    assert response.status_code == 201 and response.headers["location"] == f"/v1/wallet-transfers/{made['wallet_transfer_id']}"
    assert (made["state"], made["amount_fen"], made["current_year_fen"], made["relation"]) == ("pending", 150_000, 150_000, "parent")
    assert made["returns_at"].endswith("T06:00:00.000000+08:00") and made["returns_at"][:10] > made["business_date"]
    assert made["receiver_name_masked"] == "钱*" and made["wallet_account_id"] is None
    assert balance(api, sender.account_id, sender) == (150_000, 200_000) and balance(api, pair.wallet, receiver) == (0, 0)
    path = f"/v1/wallet-transfers/{made['wallet_transfer_id']}"
    theirs = api.get(path, by=receiver).json()
    assert (theirs["account_id"], theirs["region_code"], theirs["current_year_fen"], theirs["carried_over_fen"]) == (None,) * 4
    assert theirs["sender_name_masked"] == "钱*" and api.get(path, by=sender).json() == made
    (listed,) = api.get(f"/v1/people/{receiver.person_id}/wallet-transfers", by=receiver).json()["data"]
    assert listed == theirs
    assert api.get(f"/v1/accounts/{sender.account_id}/wallet-transfers", by=sender).json()["data"] == [made]
    assert api.get(f"/v1/people/{sender.person_id}/wallet", by=sender).json()["transfers_left_today"] == 2
    done = ended(api, made, "accept", receiver)
    assert (done["state"], done["wallet_account_id"]) == ("accepted", pair.wallet) and done["ended_at"]
    assert balance(api, pair.wallet, receiver) == (0, 150_000) and balance(api, sender.account_id, sender) == (150_000, 200_000)
    (entry,) = api.get(f"/v1/accounts/{pair.wallet}/entries", by=receiver).json()["data"]
    assert (entry["kind"], entry["amount_fen"], entry["operation_id"]) == ("wallet_in", 150_000, made["wallet_transfer_id"])
    for event, by in (("accept", receiver), ("decline", receiver), ("cancel", sender)):
        refused = check_problem(end(api, made["wallet_transfer_id"], event, by), 409, "not_possible_now")
        assert refused["state"] == "accepted" and refused["possible"] == []


@pytest.mark.parametrize("event", ["decline", "cancel"])
def test_sent_and_back(place, pair, event):
    made = sent(place.api, pair.sender, pair.member, 200_000)
    by = pair.receiver if event == "decline" else pair.sender
    assert ended(place.api, made, event, by)["state"] == {"decline": "declined", "cancel": "cancelled"}[event]
    assert balance(place.api, pair.sender.account_id, pair.sender) == (300_000, 200_000)
    check_problem(end(place.api, made["wallet_transfer_id"], "accept", pair.receiver), 409, "not_possible_now")


def test_keys(place, pair):
    """The same again is told the same, also after it has ended; other content is refused; refusals are kept."""
    api, once, headers = place.api, key(), key()
    first = send(api, pair.sender, pair.member, headers=once)
    transfer_id = first.json()["wallet_transfer_id"]
    check_problem(send(api, pair.sender, pair.member, 101, headers=once), 422, "idempotency_key_reused")
    done = end(api, transfer_id, "accept", pair.receiver, headers=headers)
    for response, again in ((first, send(api, pair.sender, pair.member, headers=once)),
                            (done, end(api, transfer_id, "accept", pair.receiver, headers=headers))):
        assert again.json() == response.json() and again.status_code == response.status_code
        assert again.headers["idempotent-replayed"] == "true"
    for event, by in (("decline", pair.receiver), ("cancel", pair.sender)):
        headers = key()
        check_problem(end(api, transfer_id, event, by, headers=headers), 409, "not_possible_now")
        again = end(api, transfer_id, event, by, headers=headers)
        assert again.headers["idempotent-replayed"] == "true" and check_problem(again, 409, "not_possible_now")["state"] == "accepted"
        other = sent(api, pair.sender, pair.member)
        check_problem(end(api, other["wallet_transfer_id"], event, by, headers=headers), 422, "idempotency_key_reused")
    headers = key()
    end(api, other["wallet_transfer_id"], "accept", pair.receiver, headers=headers)
    check_problem(end(api, transfer_id, "accept", pair.receiver, headers=headers), 422, "idempotency_key_reused")
    for event, by in (("accept", pair.receiver), ("decline", pair.receiver), ("cancel", pair.sender)):
        check_problem(end(api, transfer_id, event, by, headers={"Idempotency-Key": "short"}), 400)


def test_trying_without_doing(place, pair):
    api = place.api
    tried = send(api, pair.sender, pair.member, 150_000, dry_run="true")
    assert tried.status_code == 201 and tried.json()["current_year_fen"] == 150_000
    check_problem(api.get(f"/v1/wallet-transfers/{tried.json()['wallet_transfer_id']}", by=pair.sender), 404, "not_found")
    check_problem(send(api, pair.sender, pair.member, 200_001, dry_run="true"), 409, "wallet_transfer_too_large")
    made = sent(api, pair.sender, pair.member)
    for event, by in (("accept", pair.receiver), ("decline", pair.receiver), ("cancel", pair.sender)):
        tried = end(api, made["wallet_transfer_id"], event, by, dry_run="true")
        assert tried.status_code == 200 and tried.json()["state"] != "pending"
        assert state(api, made, pair.sender) == "pending"
    assert balance(api, pair.sender.account_id, pair.sender) == (299_900, 200_000)


def test_foreign_is_absent(place, pair):
    api, stranger, made = place.api, Pair(place), sent(place.api, pair.sender, pair.member)
    path = f"/v1/wallet-transfers/{made['wallet_transfer_id']}"
    check_problem(api.get(path, by=stranger.sender), 404, "not_found")
    for event, callers in (("accept", (pair.sender, stranger.receiver)), ("decline", (pair.sender,)), ("cancel", (pair.receiver,))):
        for by in callers:
            check_problem(end(api, made["wallet_transfer_id"], event, by), 404, "not_found")
    check_problem(send(api, stranger.sender, pair.member), 404, "not_found")
    check_problem(send(api, pair.sender, pair.member, by=stranger.sender), 404, "not_found")
    check_problem(api.get(f"/v1/accounts/{pair.sender.account_id}/wallet-transfers", by=pair.receiver), 404, "not_found")
    check_problem(api.get(f"/v1/people/{pair.receiver.person_id}/wallet-transfers", by=pair.sender), 404, "not_found")
    desk, other = (place.token("staff", roles=["auditor"], regions=[region]) for region in ("620500", "440100"))
    assert api.get(path, by=desk).json()["account_id"] == pair.sender.account_id
    check_problem(api.get(path, by=other), 404, "not_found")
    assert api.get(f"/v1/people/{pair.receiver.person_id}/wallet-transfers", by=other).status_code == 200


def test_what_a_guardian_does(place):
    place.until(8)
    api, sender, child, guardian = place.api, place.person(1000), place.person(), place.person()
    place.sql.execute("UPDATE person SET birth_date = '2020-01-01' WHERE person_id = %s", [child.person_id])
    member = plant_member(place.sql, sender, child, guardian=guardian)
    wallet = opened(api, child, by=guardian)
    made = sent(api, sender, member)
    check_problem(end(api, made["wallet_transfer_id"], "accept", child), 409, "guardian_needed")
    assert state(api, made, guardian) == "pending"
    ended(api, made, "accept", guardian)
    assert balance(api, wallet, child) == (0, 100)
    again = sent(api, sender, member)
    place.sql.execute("UPDATE person SET birth_date = '2000-01-01' WHERE person_id = %s", [child.person_id])
    check_problem(api.get(f"/v1/wallet-transfers/{again['wallet_transfer_id']}", by=guardian), 404, "not_found")
    check_problem(end(api, again["wallet_transfer_id"], "accept", guardian), 404, "not_found")
    ended(api, again, "accept", child)


def test_a_wallet_is_not_what_a_desk_charges_first(place, database):
    """By the numbers on the cards, which find the account of a pool, also where the wallet is the older one."""
    api, desk = place.api, database.demo.provider("hospital")
    someone = charges.member(api, place.sql, place.operator, place.token, 1000, with_card=True)
    wallet = opened(api, someone)
    place.sql.execute("UPDATE account SET status = 'spend_only', opened_at = (SELECT opened_at + interval '1 day' FROM account"
                      " WHERE account_id = %s) WHERE account_id = %s", [wallet, someone.account_id])
    paid = charges.send(api, desk, charges.body(amount_fen=100, **someone.numbers))
    assert paid.status_code == 201 and paid.json()["account_id"] == someone.account_id, paid.text


@pytest.mark.parametrize("amount_fen", [0, -1, 2**53, 10**20, "100", 1.5, None, True])
def test_amounts_that_are_none(place, amount_fen):
    place.until(8)
    pair = Pair(place)
    check_problem(send(place.api, pair.sender, pair.member, amount_fen), 400)
    for member in ("x", None, 7):
        check_problem(send(place.api, pair.sender, member), 400, "validation_failed")
    assert balance(place.api, pair.sender.account_id, pair.sender) == (300_000, 200_000)


# --- at once -----------------------------------------------------------------------------------------------------------


def test_all_at_once(place, pair):
    """Both sides, from many connections: exactly one of them ends it."""
    made = sent(place.api, pair.sender, pair.member, 200_000)
    calls = [("accept", pair.receiver), ("decline", pair.receiver), ("cancel", pair.sender)] * 6
    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(lambda call: end(place.api, made["wallet_transfer_id"], *call), calls))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 17
    held = sum(balance(place.api, pair.sender.account_id, pair.sender)) + sum(balance(place.api, pair.wallet, pair.receiver))
    assert held == 500_000


# --- killed -----------------------------------------------------------------------------------------------------------


def test_killed_in_between_nothing_is_lost_or_done_twice(database, servers, client_of):
    """SIGKILL while transfers are made and ended; then each request again with its key, until it has an answer."""
    dice = random.Random(6205)
    with servers.on(database) as start, psycopg.connect(database.url, autocommit=True) as sql:
        settings = {"YIBAO_REACTORS": "1", "YIBAO_SERVE_WORKS": "no", "YIBAO_TEST_CLOCK": noon_of_tomorrow()}
        server = start(settings)
        place = Place(database, server, client_of(server), sql)
        place.until(8)
        pairs = [Pair(place) for _ in range(6)]
        asked = [(pair, key(), key(), event) for pair in pairs for event in ("accept", "decline", "cancel")]
        answers = {}
        for _ in range(4):
            with ThreadPoolExecutor(6) as pool:
                waiting = [pool.submit(one_life, place.api, ask) for ask in asked]
                delay = dice.uniform(0.02, 0.2)
                with pytest.raises(subprocess.TimeoutExpired):
                    server.process.wait(delay)
                server.signal(signal.SIGKILL)
                server.process.wait()
                [future.exception() for future in waiting]
            start.started.remove(server)
            server = start(settings)
            place.api = client_of(server)
        for pair, once, then, event in asked:
            answers[once["Idempotency-Key"]] = one_life(place.api, (pair, once, then, event))
        for pair in pairs:
            done = sum(balance(place.api, pair.sender.account_id, pair.sender)) + sum(balance(place.api, pair.wallet, pair.receiver))
            assert done == 500_000 and balance(place.api, pair.wallet, pair.receiver) == (0, 1000)
            rows = place.sql.execute("SELECT state, count(*) FROM wallet_transfer WHERE account_id = %s GROUP BY 1 ORDER BY 1",
                                     [pair.sender.account_id]).fetchall()
            assert rows == [("accepted", 1), ("cancelled", 1), ("declined", 1)]
        assert len({made for made in answers.values()}) == len(asked)


def one_life(api, ask):
    """A transfer and its end; its id."""
    pair, once, then, event = ask
    made = send(api, pair.sender, pair.member, 1000, headers=once)
    while made.status_code in (409, 503) and made.json()["code"] in ("request_in_progress", "outcome_unknown", "overloaded"):
        made = send(api, pair.sender, pair.member, 1000, headers=once)
    assert made.status_code == 201, made.text
    done = end(api, made.json()["wallet_transfer_id"], event, pair.sender if event == "cancel" else pair.receiver, headers=then)
    assert done.status_code == 200, done.text
    return made.json()["wallet_transfer_id"]


def test_the_books_are_clean(place):
    """After all that, I8 included."""
    assert place.faults() == []
