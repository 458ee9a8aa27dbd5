"""A parent's medicine paid by two children: who is asked first, what each may give, who sees what, and how it comes back."""
# SPDX-License-Identifier: Apache-2.0
import types

import pytest
from tests.harness import changes, charges, entering, family, money
from tests.harness.problems import check_problem


@pytest.fixture(scope="module")
def home(api, sql, new_token, new_provider):
    """A mother of the resident scheme, without an account, who may use those of her daughter (60.00 a charge) and her son."""
    operator = new_token("staff", roles=["operator"], regions=["000000"])
    card = entering.fresh_card()
    mother = family.relative(api, operator, new_token, year=1950, card_number=card)
    children = {}
    for name, fen, limits in (("daughter", 10_000, {"charge_limit_fen": 6000}), ("son", 30_000, {"month_limit_fen": 15_000})):
        child = family.owner(api, sql, operator, new_token, year=1978)
        money.post(sql, child.account_id, [money.adjust(fen)])
        child.member_id = family.invited(api, child, mother, relation="parent", **limits)
        accepted = family.step(api, mother.by, child.member_id, "acceptance")
        assert accepted.status_code == 200, accepted.text
        children[name] = child
    numbers = {"citizen_number": mother.citizen_number, "card_number": card}
    return types.SimpleNamespace(mother=mother, numbers=numbers, pharmacy=new_provider("pharmacy", regions=["620500"]), **children)


# What happens, then who pays how much (d, s: daughter, son), or why not; and what both children have left.
DAY = [
    ("charge a 5000", {"d": 5000}, (5000, 30_000)),
    ("charge b 9000", {"d": 5000, "s": 4000}, (0, 26_000)),
    ("charge c 11001", "insufficient_balance", (0, 26_000)),  # the son's month
    ("refund b 5000", {"d": 1000, "s": 4000}, (1000, 30_000)),  # the last payer first
    ("hold d 12000", {"d": 1000, "s": 11_000}, (0, 19_000)),
    ("charge e 4001", "insufficient_balance", (0, 19_000)),
    ("capture d 2000", {"d": 1000, "s": 1000}, (0, 29_000)),
    ("hold f 3000", {"s": 3000}, (0, 26_000)),
    ("void f", {"s": 0}, (0, 29_000)),
    ("refund d", {"d": 1000, "s": 1000}, (1000, 30_000)),
    ("refund a", {"d": 5000}, (6000, 30_000)),
]


def test_a_parents_medicine_is_paid_by_two_children(api, home):
    made = {}
    letters = {home.daughter.member_id: "d", home.son.member_id: "s"}

    def do(what, which, fen=None):
        if what in ("charge", "hold"):
            how = {"usage": "medicine", "item": "降压药", **home.numbers}
            if what == "hold":
                how |= {"capture": False, "expires_at": changes.in_hours(24)}
            return charges.charge(api, home.pharmacy, None, fen, **how)
        return getattr(changes, what)(api, home.pharmacy, made[which], *([] if fen is None else [fen]))

    def available(child):
        return api.get(f"/v1/accounts/{child.account_id}/balance", by=child.by).json()["available_fen"]

    for step, expected, left in DAY:
        what, which, *fen = step.split()
        response = do(what, which, *map(int, fen))
        if isinstance(expected, str):
            check_problem(response, 409, expected)
        else:
            assert response.status_code in (200, 201), (step, response.text)
            body = response.json()
            made.setdefault(which, body["charge_id"])
            assert all((payer["account_id"], payer["family_member_id"]) == (None, None) for payer in body["payers"]), step
            name = "captured_fen" if what in ("capture", "void") else "amount_fen"
            if what == "refund":
                shown = api.get(f"/v1/charges/{made[which]}/refunds", by=home.mother.by, params={"limit": 1}).json()["data"][0]
            else:
                shown = api.get(f"/v1/charges/{made[which]}", by=home.mother.by).json()
            assert {letters[payer["family_member_id"]]: payer[name] for payer in shown["payers"]} == expected, step
        assert (available(home.daughter), available(home.son)) == left, step

    # Each child reads in their own entries what was bought and for whom, and in the log who asked for it; of the other child nothing.
    entries = api.get(f"/v1/accounts/{home.son.account_id}/entries", by=home.son.by, params={"kind": "charge"}).json()["data"]
    assert [entry["amount_fen"] for entry in entries] == [1000, 4000]
    assert {(entry["charge"]["item"], entry["charge"]["family_member_id"]) for entry in entries} == {("降压药", home.son.member_id)}
    check_problem(api.get(f"/v1/charges/{made['b']}", by=home.son.by), 404, "not_found")
    log = api.get("/v1/me/access-log", by=home.son.by, params={"limit": 100}).json()["data"]
    assert sum(event["action"] == "create_charge" for event in log) == 3
