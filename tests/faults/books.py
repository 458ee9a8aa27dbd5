"""After a storm: every acknowledged effect is there once, and nothing else is."""
# SPDX-License-Identifier: Apache-2.0
import collections
import concurrent.futures

from tests.faults.asking import Line, Request

MONEY = "SELECT account_id::text, current_year_fen + carried_over_fen, held_fen FROM account"


def balances(world):
    with world.sql() as sql:
        return {account: (balance, held) for account, balance, held in sql.execute(MONEY)}


def check(storm):
    lost_or_doubled(storm)
    each_denial(storm)
    each_charge(storm)
    each_balance(storm)
    storm.world.run("audit")
    storm.world.run("audit", "--journal", storm.journal.path)


def lost_or_doubled(storm):
    """As many rows as keys that succeeded: none more, none less."""
    made = sum(len(client.trade.charges) for client in storm.clients)
    refunds = sum(client.trade.refunds for client in storm.clients)
    keys = sum(client.trade.keys_done for client in storm.clients)
    with storm.world.sql() as sql:
        mine = [f"%{storm.name}-{storm.seed}-c%"]
        (charges,) = sql.execute("SELECT count(*) FROM charge WHERE charge_no LIKE %s", mine).fetchone()
        (given,) = sql.execute("SELECT count(*) FROM charge_refund WHERE refund_no LIKE %s", mine).fetchone()
        (done,) = sql.execute(
            "SELECT count(*) FROM idempotency_key WHERE key LIKE %s AND object_id IS NOT NULL", mine
        ).fetchone()
    found, told = (charges, given, done), (made, refunds, keys)
    storm.lost += sum(max(0, want - got) for got, want in zip(found, told))
    storm.doubled += sum(max(0, got - want) for got, want in zip(found, told))
    assert found == told, f"seed {storm.seed}: charges, refunds, keys in the database {found}, acknowledged {told}"


def each_denial(storm):
    """Whoever was told that nothing was done left no trace: every effect has an event with the request's id."""
    with storm.world.sql() as sql:
        done = sql.execute(
            "SELECT request_id, action, at FROM audit_event WHERE request_id = ANY (%s)", [storm.tally.denied]
        ).fetchall()
    assert not done, f"seed {storm.seed}: answered that nothing was done, and it was: {done}"


def each_charge(storm):
    """GET says of each charge what its last acknowledged change said."""

    def look(client):
        line = Line()
        for charge_id in client.trade.charges:
            request = Request(client.trade.provider, "GET", f"/v1/charges/{charge_id}")
            client.trade.learn(request, line.ask(storm.ports[0], request))
        line.close()
        return len(client.trade.charges)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        storm.looked_at = sum(pool.map(look, storm.clients))


def each_balance(storm):
    """Opening balance less what was acknowledged, to the fen; also as HTTP tells it."""
    spent, held = collections.Counter(), collections.Counter()
    for client in storm.clients:
        spent.update(client.trade.spent_fen)
        held.update(client.trade.held_fen)
    now = balances(storm.world)
    line = Line()
    staff = collections.namedtuple("Staff", "token")(storm.world.staff_token)
    for account in storm.accounts:
        balance, reserved = storm.opening[account]
        expected = (balance - spent[account], reserved + held[account])
        assert now[account] == expected, f"seed {storm.seed}: {account} has {now[account]}, must have {expected}"
        answer = line.ask(storm.ports[0], Request(staff, "GET", f"/v1/accounts/{account}/balance"))
        told = (answer.body["balance_fen"], answer.body["balance_fen"] - answer.body["available_fen"])
        assert told == expected, f"seed {storm.seed}: {account} is told {told}, must have {expected}"
    line.close()
