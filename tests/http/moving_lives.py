"""Lives of transfers, withdrawals, wallet transfers and relatives as requests one after the other, each sent until it is answered."""
# SPDX-License-Identifier: Apache-2.0
import collections
import csv
import dataclasses
import functools
from typing import Any, Callable

from tests.harness import family, moving, transfers, wallets, withdrawing
from tests.harness.server import ROOT

FEN = 5700
BUSY = ("620500", "440100")
STEPS = (("out", "check_out"), ("in", "check_in"), ("out", "move_out"), ("in", "take_in"))
MOVES = {"out": STEPS, "in": (STEPS[1], STEPS[0], *STEPS[2:])}


@dataclasses.dataclass
class Ask:
    """One request: send(api, key); what it makes or changes is `of`, or stands in the answer under `field`. `then`: what the system
    does besides, {id: event}."""
    send: Callable
    event: str
    of: str | None = None
    field: str | None = None
    is_last: bool = False
    then: dict[str, str] = dataclasses.field(default_factory=dict)


class Desks:
    """Who decides, and pools whose payout files hold nobody else's."""

    def __init__(self, place, day):
        self.place, self.day = place, day
        names = ("out", "in", "second", "operator", "colleague")
        roles = ("reviewer",) * 3 + ("operator",) * 2
        self.__dict__.update({name: place.token("staff", roles=[role], regions=["000000"]) for name, role in zip(names, roles)})
        with (ROOT / "db/data/pools.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
        self.pools = collections.deque(row["code"] for row in rows if row["connected"] == "yes" and row["code"] not in BUSY)


def decide(transfer_id, desk, by, event, is_last=False, then=None):
    words = {"reason_code": "not_enrolled", "note": "查无参保记录"} if event == "refuse" else {}
    decision = "refuse" if event == "refuse" else "approve"
    return Ask(lambda api, key: moving.decide(api, transfer_id, desk, by, decision, key, **words), event, transfer_id,
               is_last=is_last, then=then or {})


def hand_in(sql, person, transfer_id):
    """At the business instant of the application, which is not that of the database."""
    with sql.transaction():
        for kind in moving.DOCUMENTS:
            moving.hand_in(sql, person, transfer_id, kind)
        sql.execute("UPDATE document SET created_at = transfer.created_at FROM transfer"
                    " WHERE transfer_id = %s AND object_id = transfer_id", [transfer_id])


def transfer(desks, first="out", ending=None, after=4):
    """To another province; `ending` takes the place of the step after so many. Where the new desk is first, they are enrolled there."""
    place, to_pool = desks.place, transfers.GUANGZHOU
    person = transfers.somebody(place.api, place.sql, place.operator, place.token, balance_fen=FEN)
    if first == "in":
        transfers.open_account(place.sql, person.person_id, to_pool, "spend_only")
        moving.wait_there(place.sql, person, to_pool, "2026-01-01")
    transfer_id = (yield Ask(lambda api, key: transfers.apply(api, person, to_pool, key), "submit", field="transfer_id"))["transfer_id"]
    hand_in(place.sql, person, transfer_id)
    for done, (desk, event) in enumerate(MOVES[first]):
        by = desks.out if desk == "out" else getattr(desks, "in")
        if done == after and ending == "refuse":
            yield decide(transfer_id, desk, by, "refuse", True)
        if done == after and ending == "cancel":
            yield Ask(lambda api, key: transfers.cancel(api, person, transfer_id, key=key), "cancel", transfer_id, is_last=True)
        if done == after:
            return
        yield decide(transfer_id, desk, by, event, event == "take_in")


def payout(desks, ending="pay_at_window", after=2):
    """To a pool that is not connected; `ending` takes the place of the step after so many."""
    place = desks.place
    person = transfers.somebody(place.api, place.sql, place.operator, place.token, balance_fen=FEN)
    asked = Ask(lambda api, key: transfers.apply(api, person, transfers.UNCONNECTED, key, bank_card=transfers.CARD), "submit",
                field="transfer_id")
    transfer_id = (yield asked)["transfer_id"]
    hand_in(place.sql, person, transfer_id)
    for event, by in (("check_out", desks.out), ("move_out", desks.second))[:after]:
        yield decide(transfer_id, "out", by, event)
    if ending == "refuse":
        yield decide(transfer_id, "out", desks.second, "refuse", True)
    elif ending == "cancel" and after < 2:
        yield Ask(lambda api, key: transfers.cancel(api, person, transfer_id, key=key), "cancel", transfer_id, is_last=True)
    else:
        ((withdrawal_id,),) = place.sql.execute("SELECT withdrawal_id::text FROM transfer WHERE transfer_id = %s", [transfer_id])
        what, content = ("window-payment", {"means": "cash"}) if ending == "pay_at_window" else ("cancellation", None)
        yield Ask(lambda api, key: withdrawing.step(api, withdrawal_id, what, desks.operator, content, key), ending, withdrawal_id,
                  is_last=True, then={transfer_id: "pay" if ending == "pay_at_window" else "return"})


def withdrawal(desks, *events):
    """The steps after the application, at a pool where nobody else is paid."""
    place, pool = desks.place, desks.pools.popleft()
    person = withdrawing.member(place.api, place.sql, place.operator, place.token, FEN - 700, 700, pool)
    withdrawal_id = (yield Ask(lambda api, key: withdrawing.apply(api, person.account_id, desks.operator, key), "submit",
                               field="withdrawal_id"))["withdrawal_id"]
    with place.sql.transaction():
        withdrawing.hand_in(place.sql, withdrawal_id)
    files = []

    def step(event, api, key):
        if event in ("review", "approve", "refuse"):
            refused = {"reason_code": "documents_unclear", "note": "证明看不清"} if event == "refuse" else {}
            by = desks.out if event == "review" else desks.second
            return withdrawing.decide(api, withdrawal_id, by, "refuse" if refused else "approve", key, **refused)
        if event == "instruct":  # a card that somebody corrected is for somebody else's file
            return withdrawing.send(api, withdrawing.FILES, desks.colleague if files else desks.operator, {"pool_code": pool}, key)
        if event in ("confirm", "bounce"):
            paid = {"outcome": "paid", "paid_on": desks.day} if event == "confirm" else {"outcome": "bounced", "bounce_code": "closed"}
            return withdrawing.send(api, f"{withdrawing.FILES}/{files[-1]}/results", desks.operator,
                                    {"results": [{"withdrawal_id": withdrawal_id, **paid}]}, key)
        path, content = {"cancel": ("cancellation", None), "give_up": ("return", {"note": "无法更正"}),
                         "pay_at_window": ("window-payment", {"means": "cash"}),
                         "change_bank_account": ("bank-account", {"bank_card": withdrawing.OTHER_CARD})}[event]
        return withdrawing.step(api, withdrawal_id, path, desks.operator, content, key)

    for place_of, event in enumerate(events, 1):
        answer = yield Ask(functools.partial(step, event), event, withdrawal_id, is_last=place_of == len(events))
        files += [answer["payout_file_id"]] if event == "instruct" else []
    desks.pools.append(pool)


def wallet(desks, event=None):
    """Sent, and ended by somebody, or at six by nobody."""
    place = desks.place
    pair = wallets.Pair(place, FEN, 0)
    asked = Ask(lambda api, key: wallets.send(api, pair.sender, pair.member, 1000, {"Idempotency-Key": key}), "create",
                field="wallet_transfer_id")
    sent = (yield asked)["wallet_transfer_id"]
    if event:
        by = pair.sender if event == "cancel" else pair.receiver
        yield Ask(lambda api, key: wallets.end(api, sent, event, by, {"Idempotency-Key": key}), event, sent, is_last=True)


def relative(desks, *events):
    """Invited, and then these steps; without any the invitation runs out."""
    place = desks.place
    owner = family.owner(place.api, place.sql, place.operator, place.token)
    member = family.relative(place.api, place.operator, place.token)
    member_id = (yield Ask(lambda api, key: family.invite(api, owner, member, headers={"Idempotency-Key": key}), "invite",
                           field="family_member_id"))["family_member_id"]
    paths = {"accept": "acceptance", "decline": "refusal", "cancel": "cancellation", "change": "limits", "end": "end"}
    for number, event in enumerate(events, 1):
        by = owner.by if event in ("cancel", "change") else member.by
        rest = {"json": {"charge_limit_fen": 500}} if event == "change" else {}
        yield Ask(functools.partial(lambda event, by, rest, api, key: family.step(
            api, by, member_id, paths[event], {"Idempotency-Key": key}, **rest), event, by, rest), event, member_id,
            is_last=number == len(events))


def scripts():
    """(what, with what) for every state that something can be in, and every way out of it."""
    approved = ("review", "approve")
    moves = [("out", None), ("in", None), *((first, "refuse", after) for first, after in (
        ("out", 0), ("in", 0), ("out", 1), ("in", 1), ("out", 2), ("out", 3)))]
    moves += [(first, "cancel", after) for first, after in (("out", 0), ("out", 1), ("in", 1), ("out", 2), ("out", 3))]
    payouts = (("pay_at_window", 2), ("cancel", 2), ("refuse", 0), ("refuse", 1), ("cancel", 0), ("cancel", 1))
    withdrawals = (("cancel",), ("refuse",), ("review", "cancel"), ("review", "refuse"), (*approved, "cancel"),
                   (*approved, "pay_at_window"), (*approved, "instruct", "confirm"), (*approved, "instruct", "bounce", "give_up"),
                   (*approved, "instruct", "bounce", "change_bank_account", "instruct", "confirm"))
    sent = (("accept",), ("decline",), ("cancel",), ())
    relatives = (("decline",), ("cancel",), ("accept", "change", "end"), ())
    return [(what, args) for what, all_of in ((transfer, moves), (payout, payouts), (withdrawal, withdrawals), (wallet, sent),
                                              (relative, relatives)) for args in all_of]


class Life:
    """One script on its way: the request that is due, and what was acknowledged, {id: [event]}."""

    def __init__(self, script, desks):
        what, args = script
        self.steps, self.acknowledged = what(desks, *args), {}
        self.due: Any = next(self.steps)

    def heard(self, answer):
        one = self.due
        self.acknowledged.setdefault(one.of or answer[one.field], []).append(one.event)
        for thing, event in one.then.items():
            self.acknowledged.setdefault(thing, []).append(event)
        try:
            self.due = self.steps.send(answer)
        except StopIteration:
            self.due = None


def books(sql):
    """What all people have in accounts, on its way and with their banks, but for interest: it stays the same."""
    return sql.execute(
        "SELECT (SELECT sum(current_year_fen + carried_over_fen) FROM account)"
        " + (SELECT coalesce(sum(CASE direction WHEN 'debit' THEN amount_fen ELSE -amount_fen END), 0) FROM ledger_entry"
        "     WHERE system_account ~ '^(transit|withdrawal_payable):')"
        " - (SELECT coalesce(sum(amount_fen), 0) FROM ledger_entry WHERE kind = 'interest')").fetchone()[0]
