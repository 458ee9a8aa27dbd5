"""A father, a child under age and a group that fills up: who agrees, who pays, what both sides read of it, and how it ends."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import types

import pytest
from tests.harness import charges, entering, family, money

GROUP = 7  # members that the nation's rule allows


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=["000000"])


@pytest.fixture(scope="module")
def home(api, sql, operator, new_token, new_provider):
    """A father with 100.00, the mother, and a child of ten who is enrolled and has no account."""
    card = entering.fresh_card()
    father = family.owner(api, sql, operator, new_token)
    money.post(sql, father.account_id, [money.adjust(10_000)])
    child = family.minor(api, operator, new_token, card_number=card)
    return types.SimpleNamespace(
        father=father, mother=family.relative(api, operator, new_token), child=child, pharmacy=new_provider("pharmacy", regions=["620500"]),
        numbers={"citizen_number": child.citizen_number, "card_number": card})


def buy(api, home, fen, usage="medicine"):
    return charges.charge(api, home.pharmacy, None, fen, usage=usage, item="退热贴", **home.numbers)


# Who does what, and what comes of it: a status, and the state or the code.
MINOR = [
    ("father", "invite alone", 409, "guardian_needed"),
    ("father", "invite", 201, "invited"),
    ("pharmacy", "charge 1000", 404, None),  # nobody has agreed yet: there is no account to charge
    ("child", "acceptance", 403, "forbidden"),
    ("father", "acceptance", 403, "forbidden"),
    ("mother", "acceptance", 200, "active"),
    ("pharmacy", "charge 1000", 201, None),
    ("father", "limits 1500", 200, "active"),
    ("pharmacy", "charge 501", 409, "insufficient_balance"),  # the month has had 1000
    ("pharmacy", "charge 500", 201, None),
    ("child", "end", 403, "forbidden"),
    ("mother", "end", 200, "ended"),
    ("pharmacy", "charge 100", 404, None),
    ("mother", "acceptance", 409, "not_possible_now"),
]


def test_a_minor(api, home):
    made = {}

    def do(who, what):
        name, _, rest = what.partition(" ")
        by = None if who == "pharmacy" else getattr(home, who).by
        if name == "invite":
            return family.invite(api, home.father, home.child, relation="child", guardian=None if rest else home.mother)
        if name == "charge":
            return buy(api, home, int(rest))
        sending = {"json": {"month_limit_fen": int(rest)}} if name == "limits" else {}
        return family.step(api, by, made["id"], name, **sending)

    for who, what, status, told in MINOR:
        response = do(who, what)
        assert response.status_code == status, (who, what, response.text)
        body = response.json()
        if what == "invite":
            made["id"] = body["family_member_id"]
        if told:
            assert told == (body["code"] if status >= 400 else body["state"]), (who, what)
    month = datetime.date.today().isoformat()[:7]
    for by in (home.father.by, home.mother.by, home.child.by):
        (row,) = api.get(f"{family.PATH}/{made['id']}/usage", by=by).json()["data"]
        assert (row["month"][:4], row["usage"], row["uses_count"], row["net_fen"]) == (month[:4], "medicine", 2, 1500)
        uses = api.get(f"{family.PATH}/{made['id']}/uses", by=by).json()["data"]
        assert [(use["item"], use["captured_fen"]) for use in uses] == [("退热贴", 500), ("退热贴", 1000)]
    assert api.get(f"/v1/accounts/{home.father.account_id}/balance", by=home.father.by).json()["balance_fen"] == 8500


def test_a_full_group(api, sql, operator, new_token):
    """Seven are invited or members; the eighth is let in once one has refused, been taken back, or left."""
    owner = family.owner(api, sql, operator, new_token)
    people = [family.relative(api, operator, new_token) for _ in range(GROUP + 3)]
    ids = [family.invited(api, owner, one, relation="sibling") for one in people[:GROUP]]
    family.stepped(api, people[2].by, ids[2], "acceptance")
    leaving = [(people[0].by, ids[0], "refusal"), (owner.by, ids[1], "cancellation"), (people[2].by, ids[2], "end")]
    for late, (by, family_member_id, what) in zip(people[GROUP:], leaving):
        refused = family.invite(api, owner, late, relation="sibling")
        assert (refused.status_code, refused.json()["code"]) == (409, "family_full")
        family.stepped(api, by, family_member_id, what)
        family.invited(api, owner, late, relation="sibling")
    rows = api.get(f"/v1/accounts/{owner.account_id}/family-members", by=owner.by, params={"open": "true"}).json()["data"]
    assert len(rows) == GROUP
