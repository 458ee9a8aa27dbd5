"""A provider's day and what it says of it."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime
import itertools
import uuid

from tests.db import charging
from tests.harness import money, past_charges, records

SETTLEMENTS = "/v1/settlements"
FILES = "/v1/settlement-files"
CHINA = datetime.timezone(datetime.timedelta(hours=8))
numbers = itertools.count(1)


def noon(days_ago):
    """Of a business day that is over since long."""
    today = datetime.datetime.now(CHINA).replace(hour=12, minute=0, second=0, microsecond=0)
    return today - datetime.timedelta(days=days_ago)


def date(days_ago):
    return noon(days_ago).date().isoformat()


def with_money(api, sql, demo, new_token, pool_code, fen=10_000_000):
    """Somebody whose account in that pool can be charged often."""
    person = records.insured(api, sql, demo.staff("operator"), new_token, pool_code)
    money.post(sql, person.account_id, [money.adjust(fen)])
    return person


@dataclasses.dataclass
class Day:
    """What a provider did on a day, and its list of it."""

    sql: object
    provider: object
    days_ago: int = 2
    items: list = dataclasses.field(default_factory=list)

    @property
    def date(self):
        return date(self.days_ago)

    def add(self, kind, number, fen):
        self.items.append({"kind": kind, "number": number, "amount_fen": fen})

    def charge(self, person, fen, number=None):
        number = number or f"MZ-{next(numbers)}"
        made = past_charges.charged(self.sql, person, self.provider, fen, noon(self.days_ago), charge_no=number)
        self.add("charge", number, fen)
        return made

    def capture(self, held, fen):
        """What was held on an earlier day."""
        (answer,) = charging.capture(self.sql, charging.change(held, fen, instant=noon(self.days_ago)))
        assert answer.status == "captured", answer
        self.add("charge", held.charge_no, fen)

    def refund(self, charge, fen):
        asked = charging.change(charge, fen, instant=noon(self.days_ago), refund_no=f"TF-{next(numbers)}")
        (answer,) = charging.refund(self.sql, asked)
        assert answer.status == "created", answer
        self.add("refund", asked.refund_no, fen)

    def totals(self, items=None):
        items = self.items if items is None else items
        of = {kind: [i["amount_fen"] for i in items if i["kind"] == kind] for kind in ("charge", "refund")}
        return {
            "charges_count": len(of["charge"]), "charges_fen": sum(of["charge"]),
            "refunds_count": len(of["refund"]), "refunds_fen": sum(of["refund"]),
        }  # fmt: skip

    def body(self, items=None, **changes):
        items = self.items if items is None else items
        return {"business_date": self.date, **self.totals(items), "items": items, **changes}


def key():
    return {"Idempotency-Key": f"settle-{uuid.uuid4()}"}


def send(api, day, items=None, headers=None, params=None, **changes):
    return api.post(
        SETTLEMENTS, by=day.provider, headers=headers or key(), params=params, json=day.body(items, **changes)
    )


def settle(api, day, items=None, **changes):
    """What came of it."""
    response = send(api, day, items, **changes)
    assert response.status_code == 201, response.text
    return response.json()


def csv_of(items):
    return "kind,number,amount_fen\n" + "".join(f"{i['kind']},{i['number']},{i['amount_fen']}\n" for i in items)


def send_file(api, day, content=None, headers=None, **params):
    content = csv_of(day.items) if content is None else content
    content = content.encode() if isinstance(content, str) else content
    params = {"business_date": day.date, **day.totals(), **params}
    headers = {**(headers or key()), "Content-Type": "text/csv"}
    return api.post(FILES, by=day.provider, headers=headers, params=params, content=content)
