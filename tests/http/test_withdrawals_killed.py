"""A server that is killed while withdrawals take their steps: each is done once, or not at all, and asking again tells."""
# SPDX-License-Identifier: Apache-2.0
import random
import signal
import threading
import time
import uuid

import httpx
import pytest
from tests.harness import charges, money, withdrawing
from tests.harness.withdrawing import FILES, OTHER_CARD, WITHDRAWALS, done, send, step

POOL = "620800"
SEED = 62
STATES = ["apply", "review", "approve", "instruct", "bounce", "correct", "instruct again", "confirm"]


@pytest.fixture()
def staff(new_token):
    return [new_token("staff", roles=[role], regions=[POOL]) for role in ("operator", "reviewer", "reviewer", "operator")]


class Life:
    """One withdrawal from application to payment; each step is a request with a key that may be sent as often as it takes."""

    def __init__(self, sql, person, staff):
        self.sql, self.person = sql, person
        self.operator, self.first, self.second, self.colleague = staff
        self.keys = {name: str(uuid.uuid4()) for name in STATES}
        self.withdrawal_id = self.file_id = None

    def send(self, api, name):
        key, place = self.keys[name], self.withdrawal_id
        if name == "apply":
            return withdrawing.apply(api, self.person.account_id, self.operator, key=key)
        if name in ("review", "approve"):
            return withdrawing.decide(api, place, self.first if name == "review" else self.second, key=key)
        if name.startswith("instruct"):
            # A card that somebody corrected is for somebody else's file.
            return send(api, FILES, self.operator if name == "instruct" else self.colleague, {"pool_code": POOL}, key)
        if name == "correct":
            return step(api, place, "bank-account", self.operator, {"bank_card": OTHER_CARD}, key)
        paid = {"outcome": "paid", "paid_on": self.today}
        answer = {"outcome": "bounced", "bounce_code": "closed"} if name == "bounce" else paid
        return send(api, f"{FILES}/{self.file_id}/results", self.operator, {"results": [{"withdrawal_id": place, **answer}]}, key)

    @property
    def today(self):
        return self.sql.execute("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date::text").fetchone()[0]

    def heard(self, name, answer):
        if name == "apply":
            self.withdrawal_id = answer["withdrawal_id"]
            withdrawing.hand_in(self.sql, self.withdrawal_id)
        if name.startswith("instruct"):
            self.file_id = answer["payout_file_id"]


def kill_soon(server, after_s):
    killer = threading.Timer(after_s, lambda: server.process.send_signal(signal.SIGKILL))
    killer.start()
    return killer


def until_it_is_over(ask, limit_s=60):
    """What the dead server has begun in PostgreSQL may still be at work."""
    end = time.monotonic() + limit_s
    while True:
        response = ask()
        if response.status_code != 409 or response.json()["code"] != "request_in_progress" or time.monotonic() > end:
            return response
        time.sleep(0.05)


@pytest.mark.parametrize("victim", ["apply", "approve", "instruct", "confirm"])  # the others in test_transfer_desks_killed.py
def test_killed_in_every_state(api, sql, servers, start_server, client_of, staff, new_token, victim):
    person = withdrawing.member(api, sql, staff[0], new_token, 1000, 5, POOL)
    life = Life(sql, person, staff)
    for name in STATES:
        if name == victim:
            server = start_server({"YIBAO_SERVE_WORKS": "no"})
            killer = kill_soon(server, random.Random(f"{SEED} {victim}").uniform(0, 0.03))
            try:
                life.send(client_of(server), name)
            except httpx.HTTPError:
                pass  # its answer was lost: whether it was done is what the next one tells
            killer.join()
            server.process.wait(30)
            servers.started.remove(server)
        made = name == "apply" or name.startswith("instruct")
        life.heard(name, done(until_it_is_over(lambda: life.send(api, name)), 201 if made else 200))
    steps = done(api.get(f"{WITHDRAWALS}/{life.withdrawal_id}/timeline", by=staff[0]))["data"]
    assert [one["event"] for one in steps] == [
        "submit", "review", "approve", "instruct", "bounce", "change_bank_account", "instruct", "confirm"]
    assert sql.execute("SELECT count(*), sum(amount_fen) FROM ledger_entry WHERE person_key = %s AND kind = 'withdrawal'",
                       [money.key_of(person.person_id)]).fetchone() == (2, 1005)
    assert charges.stored(sql, person.account_id) == (0, 0, 0)
