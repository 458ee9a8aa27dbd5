"""People entered over HTTP by staff, each with a number of their own, and what the log says of a request."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import itertools
import random

from tools.demo_data import citizen_number

PEOPLE = "/v1/admin/people"
numbers = itertools.count()
generator = random.Random(20)
CARD = "6222021234567890128"
EMPLOYER = "91350100M000100Y43"


def fresh_number(year=1990):
    region, sequence = divmod(next(numbers), 900)
    return citizen_number(str(620502 + region), datetime.date(year, 3, 4), 100 + sequence)


def fresh_number_with_x():
    """One that a telephone cannot key in as it is written."""
    return next(number for number in iter(fresh_number, None) if number.endswith("X"))


def fresh_card():
    return "".join(generator.choice("0123456789ABCDEFGH") for _ in range(9)) + "X"


def new_person(**changes):
    body = {"certificate_kind": "citizen_number", "citizen_number": fresh_number(), "name": "钱多多", "pool_code": "620500"}
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


def create(api, by, status=201, **changes):
    response = api.post(PEOPLE, by=by, json=new_person(**changes))
    assert response.status_code == status, response.text
    return response


def events(sql, response):
    rows = sql.execute(
        "SELECT action, person_key, detail, pool_code FROM audit_event WHERE request_id = %s",
        [response.headers["x-request-id"]],
    ).fetchall()
    return rows
