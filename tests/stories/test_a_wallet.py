"""A mother in Guangzhou, her daughter's account in Tianshui: a day of sending money to a wallet, hour by hour, as tables."""
# SPDX-License-Identifier: Apache-2.0
import psycopg
import pytest
from tests.harness import changes, charges, entering, family, money
from tests.harness.database import Database
from tests.harness.problems import check_problem
from tests.harness.server import wait_until
from tests.harness.wallets import Pair, Place, balance, end, noon_of_tomorrow, opened, send, state


@pytest.fixture(scope="module")
def place(cluster, servers, client_of, tmp_path_factory):
    database = Database(cluster, "wallet_stories", tmp_path_factory.mktemp("wallet-stories"))
    with servers.on(database) as start, psycopg.connect(database.url, autocommit=True) as sql:
        server = start({"YIBAO_REACTORS": "1", "YIBAO_TEST_CLOCK": noon_of_tomorrow()})
        yield Place(database, server, client_of(server), sql)


# When, what is done to which transfer, and what becomes of it: a state, or the code of the refusal. `balance` is
# (what the daughter has, what is in the wallet), in yuan.
QUIET_HOURS = [
    ("07:00", "send a 2000.01", "wallet_transfer_too_large"),
    ("07:00", "send a 2000", "pending"),
    ("07:00", "accept a", "accepted"),
    ("21:59", "send b 500", "pending"),
    ("22:00", "send c 100", "wallet_quiet_hours"),
    ("22:00", "accept b", "accepted"),  # taking is not sending
    ("23:59", "send c 100", "wallet_quiet_hours"),
    ("05:59", "send c 100", "wallet_quiet_hours"),
    ("06:00", "send c 100", "pending"),
    ("06:00", "send d 100", "pending"),
    ("06:00", "cancel c", "cancelled"),
    ("06:00", "send e 100", "pending"),
    ("06:00", "send f 100", "wallet_day_limit"),  # the third was the last, though one came back
    ("06:00", "balance", (2300, 2500)),
]
NOBODY_ACCEPTS = [
    ("09:00", "send a 2000", "pending"),
    ("09:00", "send b 1000", "pending"),
    ("12:00", "decline a", "declined"),
    ("12:00", "accept a", "not_possible_now"),
    ("12:00", "balance", (4000, 0)),
    ("05:59", "see b", "pending"),
    ("06:00", "accept b", "not_possible_now"),
    ("06:00", "wait b", "returned"),
    ("06:00", "balance", (5000, 0)),
    ("06:00", "cancel b", "not_possible_now"),
]
FROZEN_MEANWHILE = [
    ("09:00", "send a 2000", "pending"),
    ("10:00", "freeze", None),
    ("10:00", "send b 1", "account_frozen"),
    ("06:00", "wait a", "returned"),
    ("06:00", "balance", (5000, 0)),
]


class Day:
    def __init__(self, place):
        place.until(6, 30)
        self.place, self.api, self.pair, self.made, self.time = place, place.api, Pair(place), {}, None

    def at(self, time):
        if time != self.time:
            self.place.until(*map(int, time.split(":")))
            self.time = time

    def do(self, what):
        """The answer's word."""
        verb, *rest = what.split()
        return getattr(self, verb)(*rest)

    def send(self, name, yuan):
        response = send(self.api, self.pair.sender, self.pair.member, round(float(yuan) * 100))
        if response.status_code == 201:
            self.made[name] = response.json()
        return self.word(response)

    def word(self, response):
        return response.json()["state"] if response.status_code < 300 else check_problem(response, 409)["code"]

    def accept(self, name):
        return self.word(end(self.api, self.made[name]["wallet_transfer_id"], "accept", self.pair.receiver))

    def decline(self, name):
        return self.word(end(self.api, self.made[name]["wallet_transfer_id"], "decline", self.pair.receiver))

    def cancel(self, name):
        return self.word(end(self.api, self.made[name]["wallet_transfer_id"], "cancel", self.pair.sender))

    def see(self, name):
        return state(self.api, self.made[name], self.pair.receiver)

    def wait(self, name):
        wait_until(lambda: self.see(name) != "pending", "the return")
        return self.see(name)

    def freeze(self):
        self.place.sql.execute("UPDATE account SET status = 'frozen' WHERE account_id = %s", [self.pair.sender.account_id])

    def balance(self):
        return (sum(balance(self.api, self.pair.sender.account_id, self.pair.sender)) / 100,
                sum(balance(self.api, self.pair.wallet, self.pair.receiver)) / 100)


@pytest.mark.parametrize("story", [QUIET_HOURS, NOBODY_ACCEPTS, FROZEN_MEANWHILE], ids=["quiet hours", "nobody accepts",
                                                                                        "frozen meanwhile"])
def test_a_day(place, story):
    day = Day(place)
    for time, what, becomes in story:
        day.at(time)
        assert day.do(what) == becomes, (time, what)


def test_what_came_back_stands_in_the_daughters_log(place):
    day = Day(place)
    day.send("a", "100")
    day.at("06:00")
    day.wait("a")
    told = place.api.get("/v1/me/access-log", by=day.pair.sender, headers={"Accept-Language": "en"}).json()["data"]
    assert "Returned money to your account that a wallet did not take in time" in [event["text"] for event in told]
    entries = place.api.get(f"/v1/accounts/{day.pair.sender.account_id}/entries", by=day.pair.sender).json()["data"]
    assert [entry["kind"] for entry in entries[:2]] == ["wallet_return", "wallet_out"]
    assert entries[0]["linked_entry_id"] == entries[1]["entry_id"]


def test_from_the_invitation_to_the_medicine(place):
    """The mother is insured as a resident and has no account of her own: her daughter's money pays in Guangzhou, and comes back."""
    place.until(8)
    api, api_of = place.api, (place.api, place.operator, place.token)
    daughter = family.owner(api, place.sql, place.operator, place.token)
    money.post(place.sql, daughter.account_id, [money.adjust(300_000)], instant=place.now())
    card_number = entering.fresh_card()
    mother = family.relative(*api_of, pool_code="440100", card_number=card_number)
    member = family.share(api, daughter, mother, relation="parent")
    assert send(api, daughter, member, 150_000).json()["code"] == "wallet_not_open"
    wallet = opened(api, mother)
    sent = send(api, daughter, member, 150_000)
    assert sent.status_code == 201 and sent.json()["relation"] == "parent"
    assert end(api, sent.json()["wallet_transfer_id"], "accept", mother).status_code == 200
    pharmacy = place.provider("pharmacy", regions=["440100"])
    numbers = {"citizen_number": mother.citizen_number, "card_number": card_number}
    paid = charges.send(api, pharmacy, charges.body(amount_fen=40_000, **numbers))
    assert paid.status_code == 201, paid.text
    assert [payer["payer_kind"] for payer in paid.json()["payers"] if payer["captured_fen"]] == ["wallet"]
    assert balance(api, wallet, mother) == (0, 110_000)
    back = changes.refund(api, pharmacy, paid.json()["charge_id"], amount_fen=10_000)
    assert back.status_code == 201, back.text
    assert balance(api, wallet, mother) == (0, 120_000) and sum(balance(api, daughter.account_id, daughter)) == 150_000
    entries = api.get(f"/v1/accounts/{wallet}/entries", by=mother).json()["data"]
    assert [entry["kind"] for entry in entries] == ["charge_refund", "charge", "wallet_in"]


def test_the_books_are_clean(place):
    assert place.faults() == []
